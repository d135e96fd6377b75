import HTTP2Transport

extension ProxyServer {
    /// Where handlers run.
    public struct Executor: Sendable, Hashable {
        let handlerExecutor: ServerLoop.HandlerExecutor

        /// On the event loop of the connection: the fastest, for handlers that decide from memory or await I/O.
        ///
        /// Code that computes for long or blocks its thread delays every connection of its loop, and deadlines cannot
        /// fire there meanwhile.
        public static let eventLoop = Executor(handlerExecutor: .eventLoop)
        /// On Swift's global concurrent executor: for handlers that compute or call blocking code.
        ///
        /// Costs two thread switches per call.
        public static let global = Executor(handlerExecutor: .global)
    }

    /// Where a server listens, where its handlers run, and its limits.
    public struct Configuration: Sendable {
        /// The addresses to listen on.
        public var listeners: [Listener]
        /// How many event loops share the connections, each on a thread of its own.
        ///
        /// Nil means one for each processor that the process may use: the smaller of its affinity and of the quotas of
        /// its control groups.
        public var eventLoops: Int?
        /// Where handlers run.
        public var executor: Executor
        /// The secret that peers must send; nil serves every peer that can reach the server.
        public var sharedSecret: SharedSecret?
        /// Whether tools such as grpcurl can ask for the schema (`grpc.reflection.v1` and `v1alpha`).
        public var reflection = true
        /// Whether answers of 1,024 bytes or more are compressed for peers that accept gzip.
        ///
        /// Smaller ones would gain nothing. What streams send is not compressed.
        public var compressesAnswers = false
        /// Logs a line for each call; nil logs none.
        public var accessLog: AccessLog?
        /// Makes spans of calls; nil makes none.
        public var tracing: CallTracing?
        /// The interval between checks of the certificate files.
        public var certificateCheckInterval = Duration.seconds(10)
        /// The limits that the server enforces.
        public var limits = Limits()

        /// Makes a configuration with any listeners.
        public init(listeners: [Listener], eventLoops: Int? = nil, executor: Executor = .eventLoop) {
            self.listeners = listeners
            self.eventLoops = eventLoops
            self.executor = executor
        }

        /// Makes the configuration of a plaintext server on one TCP port; with port 0 the system chooses one.
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
