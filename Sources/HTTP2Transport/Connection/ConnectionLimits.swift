/// How long a server waits for its peers, and how many of them it takes.
///
/// None of these is about what a peer asks for: that is `HTTP2Settings`.
package struct ConnectionLimits: Sendable {
    /// Connections of all listeners together; one more is closed as soon as it is accepted.
    package var maxConnections = 1_000
    /// From the acceptance of a connection to the peer's first SETTINGS, TLS included.
    package var handshakeTimeout = Duration.seconds(10)
    /// How long a connection may have no open stream before it is drained.
    package var idleTimeout = Duration.seconds(1_800)
    /// How long a peer may be silent before it has to answer a PING.
    package var keepaliveInterval = Duration.seconds(7_200)
    /// How long it has for that.
    package var keepaliveTimeout = Duration.seconds(20)
    /// How long a peer may leave bytes unread before its connection is closed.
    package var unreadTimeout = Duration.seconds(60)
    /// The age, give or take a tenth, at which a connection is drained; nil means never.
    package var maxAge: Duration?
    /// How long the streams of a connection that is drained for its age or for idling may go on.
    package var drainGrace = Duration.seconds(20)

    package init() {}
}
