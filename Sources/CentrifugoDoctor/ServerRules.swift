package import CentrifugoProxy

/// What the server behind Centrifugo does and needs: what Centrifugo's configuration has to fit.
package struct ServerRules: Sendable {
    /// Where the server listens.
    package struct Listener: Sendable, Equatable {
        package enum Address: Sendable, Equatable {
            case tcp(host: String, port: Int)
            case unix(String)
            /// A socket that the service manager opens: where, it alone knows.
            case inherited
        }

        package var address: Address
        /// The certificate's file; nil without TLS.
        package var certificate: String?
        /// Whether it asks Centrifugo for a certificate.
        package var needsClientCertificate: Bool

        /// Where the ready server listens when nothing else is said.
        static let standard = Listener(.tcp(host: "127.0.0.1", port: 10_001))

        package init(_ address: Address, certificate: String? = nil, needsClientCertificate: Bool = false) {
            self.address = address
            self.certificate = certificate
            self.needsClientCertificate = needsClientCertificate
        }
    }

    /// A rule for channels.
    package struct Channels: Sendable {
        /// Their names, such as `chat:{room}`.
        package var pattern: String
        /// Whether clients ask for them; otherwise the answer to Connect subscribes.
        package var isSubscribed = true
        /// Whether clients publish into them.
        package var isPublished = false
        /// Whether their subscriptions expire.
        package var expires = false
        /// The options that answers override, such as `presence`.
        package var overrides: Set<String> = []

        package init(
            _ pattern: String,
            isSubscribed: Bool = true,
            isPublished: Bool = false,
            expires: Bool = false,
            overrides: Set<String> = []
        ) {
            self.pattern = pattern
            self.isSubscribed = isSubscribed
            self.isPublished = isPublished
            self.expires = expires
            self.overrides = overrides
        }
    }

    /// The events that have a handler.
    package var events: Set<ProxyEvent>
    /// Those of them that need not be switched on: handled just in case.
    package var optionalEvents: Set<ProxyEvent> = []
    package var channels: [Channels] = []
    /// Whether connections get a time at which they expire.
    package var connectionsExpire = false
    /// Where it listens; empty compares no endpoint.
    package var listeners: [Listener] = []
    /// The metadata name of the shared secret.
    package var secretKey: String?
    /// Headers of clients that an event's rules look at.
    package var headers: [ProxyEvent: [String]] = [:]
    /// Events whose rules look at the connection's meta.
    package var eventsWithMeta: Set<ProxyEvent> = []
    /// What is before the colon of its methods, such as `post`.
    package var methodNamespaces: [String] = []
    /// Whether it has methods without a colon.
    package var hasPlainMethods = false

    package init(events: Set<ProxyEvent>) {
        self.events = events
    }
}
