import HTTP2Transport

extension ProxyServer {
    /// Where handlers run.
    public struct Executor: Sendable, Hashable {
        let handlerExecutor: ServerLoop.HandlerExecutor

        /// On the event loop of the connection: the fastest, for handlers that decide from memory or await I/O.
        ///
        /// Code that computes for long or blocks its thread holds up every connection of its loop, and deadlines cannot
        /// fire there meanwhile.
        public static let eventLoop = Executor(handlerExecutor: .eventLoop)
        /// On Swift's global concurrent executor: for handlers that compute or call blocking code.
        ///
        /// Costs two changes of thread per call.
        public static let global = Executor(handlerExecutor: .global)
    }

    /// What a server listens on, where its handlers run, and its limits.
    public struct Configuration: Sendable {
        /// What to listen on.
        public var listeners: [Listener]
        /// How many event loops share the connections, each on a thread of its own.
        ///
        /// Nil means one for each processor that the process may use: the smallest of its affinity and of the quotas of its
        /// control groups.
        public var eventLoops: Int?
        /// Where handlers run.
        public var executor: Executor
        /// What peers have to know; nil serves everybody who can reach the server.
        public var sharedSecret: SharedSecret?
        /// Whether tools such as grpcurl can ask for the schema (`grpc.reflection.v1` and `v1alpha`).
        public var reflection = true
        /// Whether large answers are compressed for peers that accept gzip.
        public var compressesAnswers = false
        /// The time between two looks at the certificate files.
        public var certificateCheckInterval = Duration.seconds(10)
        /// What peers may ask of the server.
        public var limits = Limits()

        /// Makes a configuration of any listeners.
        public init(listeners: [Listener], eventLoops: Int? = nil, executor: Executor = .eventLoop) {
            self.listeners = listeners
            self.eventLoops = eventLoops
            self.executor = executor
        }

        /// Makes the configuration of a plaintext server on one TCP port; port 0 lets the system choose one.
        public init(
            host: String = "127.0.0.1",
            port: Int = 10_001,
            eventLoops: Int? = nil,
            executor: Executor = .eventLoop
        ) {
            self.init(listeners: [.tcp(host: host, port: port)], eventLoops: eventLoops, executor: executor)
        }
    }
}
