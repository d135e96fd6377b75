public import CentrifugoProxy

extension AdminServer {
    /// Where an admin listener listens, and who may read the metrics.
    public struct Configuration: Sendable {
        /// The address, with its TLS.
        public var listener: ProxyServer.Listener
        /// What `/metrics` and `/version` ask for as `authorization: Bearer TOKEN`; nil asks for nothing.
        ///
        /// A listener that other machines can reach needs it, and TLS.
        public var token: String?
        /// The program's name and version, for `/version`.
        public var program = (name: "centrifugo-proxy", version: "1.0.0")
        /// What it allows its peers.
        public var limits = Limits()
        /// How often it checks for changed certificate files.
        public var certificateCheckInterval = Duration.seconds(10)

        /// Makes a configuration; by default for peers on this machine.
        public init(listener: ProxyServer.Listener = .tcp(port: 10_002), token: String? = nil) {
            self.listener = listener
            self.token = token
        }
    }

    /// What an admin listener allows its peers.
    public struct Limits: Sendable, Hashable {
        /// How many connections there may be; a further one ends the one that has been silent longest.
        public var maxConnections = 64
        /// The largest request line and header fields together, in bytes.
        public var maxHeaderSize = 16 * 1_024
        /// The time from a connection's opening, or from an answer, to the end of the next request.
        public var requestTimeout = Duration.seconds(10)
        /// The time that an answer may take until its peer has read it.
        public var answerTimeout = Duration.seconds(30)
        /// How long answers on their way may take at a graceful shutdown.
        public var gracePeriod = Duration.seconds(5)

        /// Makes the default limits.
        public init() {}
    }
}
