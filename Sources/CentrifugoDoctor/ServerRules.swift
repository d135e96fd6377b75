package import CentrifugoProxy

/// What this server does and needs, to compare with Centrifugo's configuration.
package struct ServerRules: Sendable {
    /// Where the server listens.
    package struct Listener: Sendable, Equatable {
        package enum Address: Sendable, Equatable {
            case tcp(host: String, port: Int)
            case unix(String)
            /// A socket that the service manager opens; only it knows the address.
            case inherited
        }

        package var address: Address
        /// The certificate's file; nil without TLS.
        package var certificate: String?
        /// Whether it asks Centrifugo for a certificate.
        package var needsClientCertificate: Bool

        /// The ready server's default address.
        static let standard = Listener(.tcp(host: "127.0.0.1", port: 10_001))

        package init(_ address: Address, certificate: String? = nil, needsClientCertificate: Bool = false) {
            self.address = address
            self.certificate = certificate
            self.needsClientCertificate = needsClientCertificate
        }
    }

    /// A rule for channels.
    package struct Channels: Sendable {
        /// The channels' names, such as `chat:{room}`.
        package var pattern: String
        /// Whether clients subscribe to them; otherwise the answer to Connect does.
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
    /// Events that need not be enabled in Centrifugo, although they are handled.
    package var optionalEvents: Set<ProxyEvent> = []
    package var channels: [Channels] = []
    /// Whether connections expire.
    package var connectionsExpire = false
    /// The server's listeners; empty compares no endpoint.
    package var listeners: [Listener] = []
    /// The metadata name of the shared secret.
    package var secretKey: String?
    /// Clients' headers that an event's rules read.
    package var headers: [ProxyEvent: [String]] = [:]
    /// Events whose rules read the connection's meta.
    package var eventsWithMeta: Set<ProxyEvent> = []
    /// The namespaces of its methods, such as `post`.
    package var methodNamespaces: [String] = []
    /// Whether it has methods without a colon.
    package var hasPlainMethods = false

    package init(events: Set<ProxyEvent>) {
        self.events = events
    }
}
