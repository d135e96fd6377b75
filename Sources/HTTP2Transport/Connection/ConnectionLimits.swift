/// How long a server waits for its peers, and how many connections it accepts.
///
/// Limits on what a peer may request are in `HTTP2Settings`.
package struct ConnectionLimits: Sendable {
    /// The most open connections of all listeners together; further ones are closed as soon as they are accepted.
    package var maxConnections = 1_000
    /// From the acceptance of a connection to the peer's first SETTINGS, TLS included.
    package var handshakeTimeout = Duration.seconds(10)
    /// How long a connection may have no open stream before it is drained.
    package var idleTimeout = Duration.seconds(1_800)
    /// How long a peer may be silent before it has to answer a PING.
    package var keepaliveInterval = Duration.seconds(7_200)
    /// How long it may take to answer that PING.
    package var keepaliveTimeout = Duration.seconds(20)
    /// How long a peer may leave bytes unread before its connection is closed.
    package var unreadTimeout = Duration.seconds(60)
    /// The age, plus or minus a tenth, at which a connection is drained; nil means never.
    package var maxAge: Duration?
    /// How long open streams may continue after their connection is drained for its age or for idling.
    package var drainGrace = Duration.seconds(20)

    package init() {}
}
