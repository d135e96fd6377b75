extension ProxyServer {
    /// What a server allows its peers, in bytes, numbers and time.
    ///
    /// The defaults are safe for a server that strangers can reach, and generous for Centrifugo. Each limit has a
    /// range; a server with a limit outside of its range does not start, and its error states the range.
    public struct Limits: Sendable, Hashable {
        // MARK: Messages

        /// The largest request message, in bytes after decompression; a larger one ends the call with
        /// RESOURCE_EXHAUSTED.
        public var maxRequestSize = 4 * 1_024 * 1_024
        /// The largest answer message, in bytes; a larger one is not sent, and the call ends with RESOURCE_EXHAUSTED.
        ///
        /// Centrifugo refuses more than 4 MiB. A larger publication is not sent either, and the code that writes it
        /// gets an error.
        public var maxAnswerSize = 4 * 1_024 * 1_024
        /// How many elements the lists and maps of a request may have together; more end the call with
        /// RESOURCE_EXHAUSTED.
        ///
        /// An empty element is two bytes on the wire and many times that in memory.
        public var maxMessageElements = 65_536
        /// The largest header list, in bytes: name, value and 32 for each field (RFC 9113 §6.5.2); a larger one ends
        /// the call with RESOURCE_EXHAUSTED.
        ///
        /// At most 64 KiB, since nghttp2 cannot decode a larger field: it ends the connection.
        public var maxHeaderListSize = 64 * 1_024

        // MARK: Calls and streams

        /// How many streams a connection may have open; above that, new ones are refused (RFC 9113 §5.1.2).
        ///
        /// If this is less than a node of Centrifugo needs, its users wait without an answer: its client opens no more
        /// streams than the server announces, and holds calls back until one is free.
        public var maxConcurrentStreams = 1_000_000
        /// How many streams of a connection may be open without any answer, including requests that are still arriving;
        /// above that, new ones are refused.
        public var maxUndecidedStreams = 50_000
        /// How many unary calls the server's handlers may serve at a time; further calls end with UNAVAILABLE at once.
        public var maxConcurrentCalls = 10_000
        /// How many handlers of a connection may still run after their streams were closed; above that, new streams are
        /// refused.
        public var maxAbandonedCalls = 1_000
        /// The time from a unary call's header list to the end of its message; after that the call ends with
        /// DEADLINE_EXCEEDED.
        public var requestTimeout = Duration.seconds(10)
        /// The time from a subscription stream's opening to its first answer; after that it ends with
        /// DEADLINE_EXCEEDED.
        public var firstMessageTimeout = Duration.seconds(10)
        /// The number of unsent bytes of one subscription's stream above which its writer has to wait.
        public var streamBufferSize = 64 * 1_024
        /// How many streams of the health and reflection services a connection may have open; further calls of these
        /// services end with RESOURCE_EXHAUSTED.
        public var maxBuiltInStreams = 100

        // MARK: Connections

        /// How much memory one connection may make the process hold, in bytes: messages until their handlers are done,
        /// metadata, waiting publications, unsent answers and open streams, all by their decoded size.
        ///
        /// From five eighths on, new calls end with UNAVAILABLE; from three quarters on, new streams are refused; above
        /// the limit, the connection ends with ENHANCE_YOUR_CALM.
        public var maxConnectionMemory = 256 * 1_024 * 1_024
        /// The number of unsent bytes of a connection's answers above which new streams are refused and writers have to
        /// wait.
        public var maxUnsentSize = 64 * 1_024 * 1_024
        /// How many streams of a connection may be reset within 10 ms of their opening, in one second; more end the
        /// connection with ENHANCE_YOUR_CALM.
        public var maxQuickResets = 1_000
        /// How many frames without data (PING, SETTINGS, empty DATA …) a connection may send in one second; more end it
        /// with ENHANCE_YOUR_CALM.
        public var maxControlFrames = 10_000
        /// How many connections the server has at a time; further ones are closed at once.
        public var maxConnections = 1_000
        /// The time from the acceptance of a connection to the peer's first SETTINGS, TLS included; after that it is
        /// closed.
        public var handshakeTimeout = Duration.seconds(10)
        /// How long a connection may have no open stream; after that it is drained.
        public var idleTimeout = Duration.seconds(30 * 60)
        /// How long a peer may be silent before it has to answer a PING.
        ///
        /// Centrifugo sends no keepalive: without the PING, the streams of a dead node would stay for ever.
        public var keepaliveInterval = Duration.seconds(2 * 3_600)
        /// How long a peer may take to answer that PING; after that its connection is closed.
        public var keepaliveTimeout = Duration.seconds(20)
        /// How long a peer may leave sent bytes unread in the sockets' buffers; after that its connection is closed.
        public var unreadTimeout = Duration.seconds(60)
        /// The age, plus or minus a tenth, at which a connection is drained; nil means never.
        ///
        /// Centrifugo keeps its connections for ever, so without this new replicas get none.
        public var maxConnectionAge: Duration?

        // MARK: The end

        /// The time from the health service's NOT_SERVING to the first GOAWAY, for load balancers that check at
        /// intervals.
        ///
        /// Until then everything is served, including new connections.
        public var drainDelay = Duration.zero
        /// How long calls may continue after their connection began to drain, for its age, for idling, or with the
        /// server.
        public var gracePeriod = Duration.seconds(20)
        /// The time over which the subscription streams of a draining connection end, each at a random moment, so that
        /// their clients do not all subscribe again at once.
        public var streamDrainWindow = Duration.seconds(5)

        /// Makes the default limits.
        public init() {}
    }
}
