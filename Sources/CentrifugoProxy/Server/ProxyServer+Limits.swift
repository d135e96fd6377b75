extension ProxyServer {
    /// What a peer may ask of a server, in bytes, numbers and time.
    ///
    /// The defaults are safe for a server that strangers can reach, and roomy for Centrifugo. Each limit has a range; a server
    /// with one outside of it does not start, and its error says what the range is.
    public struct Limits: Sendable, Hashable {
        // MARK: Messages

        /// The largest request message, in bytes after inflating; above, the call ends with RESOURCE_EXHAUSTED.
        public var maxRequestSize = 4 * 1_024 * 1_024
        /// The largest answer message, in bytes; a larger one is not sent, and the call ends with RESOURCE_EXHAUSTED.
        ///
        /// Centrifugo refuses more than 4 MiB. A larger publication is not sent either: who writes or publishes it is told.
        public var maxAnswerSize = 4 * 1_024 * 1_024
        /// How many elements the lists and maps of a request may have together; above, the call ends with
        /// RESOURCE_EXHAUSTED.
        ///
        /// An empty element is two bytes on the wire and many times that in memory.
        public var maxMessageElements = 65_536
        /// The largest header list, in bytes: name, value and 32 for each field (RFC 9113 §6.5.2); above, the call ends
        /// with RESOURCE_EXHAUSTED.
        ///
        /// At most 64 KiB, since a field above that ends the connection: nghttp2 cannot decode it.
        public var maxHeaderListSize = 64 * 1_024

        // MARK: Calls and streams

        /// How many streams a connection may have open; above, new ones are refused (RFC 9113 §5.1.2).
        ///
        /// With less than a node of Centrifugo needs, its users wait without an answer: its client opens no stream above
        /// what is announced, and holds calls back until one is free.
        public var maxConcurrentStreams = 1_000_000
        /// How many streams of a connection may be open without any answer, requests that are still arriving included;
        /// above, new ones are refused.
        public var maxUndecidedStreams = 50_000
        /// How many unary calls all handlers of the server may have at a time; above, a call ends with UNAVAILABLE at once.
        public var maxConcurrentCalls = 10_000
        /// How many handlers of a connection may still run although their streams are gone; above, new streams are
        /// refused.
        public var maxAbandonedCalls = 1_000
        /// The time from a unary call's header list to the end of its message; later it ends with DEADLINE_EXCEEDED.
        public var requestTimeout = Duration.seconds(10)
        /// The time from a subscription stream's opening to its first answer; later it ends with DEADLINE_EXCEEDED.
        public var firstMessageTimeout = Duration.seconds(10)
        /// Unsent bytes of one subscription's stream above which its writer has to wait.
        public var streamBufferSize = 64 * 1_024
        /// How many streams of the health and reflection services a connection may have open; above, a call of those
        /// ends with RESOURCE_EXHAUSTED.
        public var maxBuiltInStreams = 100

        // MARK: Connections

        /// What one connection may make the process hold, in bytes: messages until their handlers are done, metadata,
        /// publications that wait, unsent answers, open streams, all by their decoded size.
        ///
        /// From five eighths on new calls end with UNAVAILABLE, from three quarters on new streams are refused, and above
        /// all of it the connection ends with ENHANCE_YOUR_CALM.
        public var maxConnectionMemory = 256 * 1_024 * 1_024
        /// Unsent bytes of all answers of a connection above which new streams are refused and writers have to wait.
        public var maxUnsentSize = 64 * 1_024 * 1_024
        /// How many streams of a connection may be reset within 10 ms of their opening, in one second; above, it ends
        /// with ENHANCE_YOUR_CALM.
        public var maxQuickResets = 1_000
        /// How many frames that bring nothing (PING, SETTINGS, empty DATA …) a connection may send in one second; above,
        /// it ends with ENHANCE_YOUR_CALM.
        public var maxControlFrames = 10_000
        /// How many connections the server has at a time; one more is closed at once.
        public var maxConnections = 1_000
        /// The time from the acceptance of a connection to the peer's first SETTINGS, TLS included; later it is closed.
        public var handshakeTimeout = Duration.seconds(10)
        /// How long a connection may have no stream open; then it is drained.
        public var idleTimeout = Duration.seconds(30 * 60)
        /// How long a peer may be silent before it has to answer a PING.
        ///
        /// Centrifugo sends no keepalive: without the question, the streams of a node that died would stay for ever.
        public var keepaliveInterval = Duration.seconds(2 * 3_600)
        /// How long a peer has to answer that PING; later its connection is closed.
        public var keepaliveTimeout = Duration.seconds(20)
        /// How long a peer may leave what it was sent unread in the sockets' buffers; later its connection is closed.
        public var unreadTimeout = Duration.seconds(60)
        /// The age, give or take a tenth, at which a connection is drained; nil means never.
        ///
        /// Centrifugo keeps its connections for ever, so that new replicas get none without this.
        public var maxConnectionAge: Duration?

        // MARK: The end

        /// The time from the health service's NOT_SERVING to the first GOAWAY, for load balancers that ask now and then.
        ///
        /// Everything is served until then, new connections as well.
        public var drainDelay = Duration.zero
        /// How long calls may go on after their connection began to drain: for its age, for idling, or with the server.
        public var gracePeriod = Duration.seconds(20)
        /// The time over which the subscription streams of a draining connection end, each at a random moment, so that
        /// their clients do not all subscribe again at once.
        public var streamDrainWindow = Duration.seconds(5)

        /// Makes the default limits.
        public init() {}
    }
}
