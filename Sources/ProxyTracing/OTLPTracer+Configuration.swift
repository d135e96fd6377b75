extension OTLPTracer {
    /// Where a tracer's spans go, and how.
    public struct Configuration: Sendable {
        /// A collector.
        public var endpoint: OTLPEndpoint
        /// Metadata of each call, such as a token.
        public var headers: [(name: String, value: String)] = []
        /// The name of the service in which the spans are (`service.name`).
        public var serviceName: String
        /// What else is said about this service.
        public var resource: [String: String] = [:]
        /// The share of traces without a parent that are sent, from 0 to 1.
        public var sample = 1.0 {
            didSet { sample = sample.isNaN ? 0 : min(max(sample, 0), 1) }
        }
        /// How long spans wait for others that are sent with them.
        public var delay = Duration.seconds(5)
        /// How long a batch may take, with all attempts.
        public var timeout = Duration.seconds(10)
        /// The most spans that wait.
        public var maxWaiting = 2_048 {
            didSet { maxWaiting = min(max(maxWaiting, 1), 1_000_000) }
        }
        /// The most spans that are sent at a time.
        public var maxBatch = 512 {
            didSet { maxBatch = min(max(maxBatch, 1), 100_000) }
        }

        /// Sends spans to a collector.
        public init(_ endpoint: OTLPEndpoint, serviceName: String) {
            self.endpoint = endpoint
            self.serviceName = serviceName
        }
    }
}
