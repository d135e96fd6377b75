extension ProxyServer {
    /// What a peer may ask of a server, in bytes, numbers and time.
    ///
    /// The defaults are safe for a server that strangers can reach, and roomy for Centrifugo.
    public struct Limits: Sendable, Hashable {
        /// The largest request message, in bytes after inflating; above, the call ends with RESOURCE_EXHAUSTED.
        public var maxRequestSize = 4 * 1_024 * 1_024
        /// The largest answer message, in bytes; a larger one is not sent, and the call ends with RESOURCE_EXHAUSTED.
        ///
        /// Centrifugo refuses more than 4 MiB.
        public var maxAnswerSize = 4 * 1_024 * 1_024
        /// The largest header list, in bytes: name, value and 32 for each field (RFC 9113 §6.5.2).
        public var maxHeaderListSize = 64 * 1_024
        /// How many streams a connection may have open; above, new ones are refused (RFC 9113 §5.1.2).
        public var maxConcurrentStreams = 1_000_000
        /// How many unary calls all handlers of the server may have at a time; above, a call ends with UNAVAILABLE at once.
        public var maxConcurrentCalls = 10_000
        /// How many handlers of a connection may still run although their streams are gone; above, new streams are
        /// refused.
        public var maxAbandonedCalls = 1_000
        /// The time from a subscription stream's opening to its first answer; later it ends with DEADLINE_EXCEEDED.
        public var firstMessageTimeout = Duration.seconds(10)
        /// Unsent bytes of one subscription's stream above which its writer has to wait.
        public var streamBufferSize = 64 * 1_024
        /// The time over which the subscription streams of a draining connection end, each at a random moment, so that
        /// their clients do not all subscribe again at once.
        public var streamDrainWindow = Duration.seconds(5)
        /// The age, give or take a tenth, at which a connection is drained; nil means never.
        ///
        /// Centrifugo keeps its connections for ever, so that new replicas get none without this.
        public var maxConnectionAge: Duration?
        /// How long calls may go on after a shutdown began.
        public var gracePeriod = Duration.seconds(20)

        /// Makes the default limits.
        public init() {}
    }
}
