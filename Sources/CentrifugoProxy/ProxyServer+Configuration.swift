import HTTP2Transport

extension ProxyServer {
    /// Where handlers run.
    public struct Executor: Sendable, Hashable {
        let placement: ServerLoop.Placement

        /// On the event loop of the connection: the fastest, for handlers that decide from memory or await I/O.
        ///
        /// Code that computes for long or blocks its thread holds up every connection of its loop, and deadlines cannot
        /// fire there meanwhile.
        public static let eventLoop = Executor(placement: .eventLoop)
        /// On Swift's global concurrent executor: for handlers that compute or call blocking code.
        ///
        /// Costs two changes of thread per call.
        public static let global = Executor(placement: .global)
    }

    /// What a server listens on, and its limits.
    ///
    /// The defaults are safe.
    public struct Configuration: Sendable {
        /// The host name or IP address to listen on.
        public var host: String
        /// The TCP port; 0 lets the system choose one.
        public var port: Int
        /// How many event loops share the connections, each on a thread of its own; nil means one per core.
        public var eventLoops: Int?
        /// Where handlers run.
        public var executor: Executor
        /// The largest request message, in bytes after inflating.
        public var maxRequestSize: Int
        /// The largest answer message, in bytes.
        ///
        /// Centrifugo refuses more than 4 MiB.
        public var maxAnswerSize: Int
        /// The largest header list, in bytes: name, value and 32 for each field (RFC 9113 §6.5.2).
        public var maxHeaderListSize: Int
        /// How many streams a connection may have open.
        public var maxConcurrentStreams: Int
        /// How many handlers of a connection may still run although their streams are gone; above, new streams are
        /// refused.
        public var maxAbandonedCalls: Int
        /// Whether large answers are compressed for peers that accept gzip.
        public var compressesAnswers: Bool
        /// The time from a subscription stream's opening to its first answer; later it ends with DEADLINE_EXCEEDED.
        public var firstMessageTimeout: Duration
        /// Unsent bytes of one subscription's stream above which its writer has to wait.
        public var streamBufferSize: Int
        /// The time over which the subscription streams of a draining connection end, each at a random moment, so that
        /// their clients do not all subscribe again at once.
        public var streamDrainWindow: Duration
        /// The age, give or take a tenth, at which a connection is drained; nil means never.
        ///
        /// Centrifugo keeps its connections for ever, so that new replicas get none without this.
        public var maxConnectionAge: Duration?
        /// How long calls may go on after a shutdown began.
        public var gracePeriod: Duration

        /// Makes a configuration.
        public init(
            host: String = "127.0.0.1",
            port: Int = 10_001,
            eventLoops: Int? = nil,
            executor: Executor = .eventLoop,
            maxRequestSize: Int = 4 * 1_024 * 1_024,
            maxAnswerSize: Int = 4 * 1_024 * 1_024,
            maxHeaderListSize: Int = 64 * 1_024,
            maxConcurrentStreams: Int = 1_000_000,
            maxAbandonedCalls: Int = 1_000,
            compressesAnswers: Bool = false,
            firstMessageTimeout: Duration = .seconds(10),
            streamBufferSize: Int = 64 * 1_024,
            streamDrainWindow: Duration = .seconds(5),
            maxConnectionAge: Duration? = nil,
            gracePeriod: Duration = .seconds(20)
        ) {
            self.host = host
            self.port = port
            self.eventLoops = eventLoops
            self.executor = executor
            self.maxRequestSize = maxRequestSize
            self.maxAnswerSize = maxAnswerSize
            self.maxHeaderListSize = maxHeaderListSize
            self.maxConcurrentStreams = maxConcurrentStreams
            self.maxAbandonedCalls = maxAbandonedCalls
            self.compressesAnswers = compressesAnswers
            self.firstMessageTimeout = firstMessageTimeout
            self.streamBufferSize = streamBufferSize
            self.streamDrainWindow = streamDrainWindow
            self.maxConnectionAge = maxConnectionAge
            self.gracePeriod = gracePeriod
        }
    }
}
