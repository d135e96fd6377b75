import GRPCCall
import HTTP2Framing
import HTTP2Transport
public import Logging
public import ServiceLifecycle

/// A server that answers Centrifugo's gRPC proxy calls, as a service for a `ServiceGroup`.
public struct ProxyServer: Service {
    private let service: ProxyService
    private let configuration: Configuration
    private let logger: Logger
    private let onListening: @Sendable (Int) async -> Void

    /// Makes a server; ``run()`` starts it.
    ///
    /// - Parameters:
    ///   - service: What answers the events.
    ///   - configuration: Where to listen, and the limits.
    ///   - logger: Where the server reports what happens to it.
    ///   - onListening: Is called with the port when connections are accepted.
    public init(
        _ service: ProxyService,
        configuration: Configuration = Configuration(),
        logger: Logger,
        onListening: @escaping @Sendable (_ port: Int) async -> Void = { _ in }
    ) {
        self.service = service
        self.configuration = configuration
        self.logger = logger
        self.onListening = onListening
    }

    /// Serves until a graceful shutdown, and returns when the open calls have finished or the grace period is over.
    ///
    /// - Throws: ``ProxyServerError`` when the server cannot listen.
    public func run() async throws {
        let server = try await start()
        let port = server.port ?? configuration.port
        logger.info("listening", metadata: ["host": "\(configuration.host)", "port": "\(port)"])
        await onListening(port)
        var grace = configuration.limits.gracePeriod
        do {
            try await gracefulShutdown()
        } catch {
            // Cancelled instead of asked: there is no time for open calls.
            grace = .zero
        }
        logger.info("shutting down", metadata: ["grace": "\(grace)"])
        await server.shutDown(grace: grace)
    }

    private func start() async throws -> HTTP2Server {
        let limits = configuration.limits
        let admission = CallAdmission(limit: limits.maxConcurrentCalls)
        let doorkeeper = Doorkeeper(secret: configuration.sharedSecret)
        let callLimits = ServiceLoop.Limits(limits, compressesAnswers: configuration.compressesAnswers)
        do {
            return try await HTTP2Server.start(
                HTTP2Server.Configuration(
                    host: configuration.host,
                    port: configuration.port,
                    eventLoops: configuration.eventLoops,
                    placement: configuration.executor.placement,
                    settings: HTTP2Settings(limits),
                    maxConnectionAge: limits.maxConnectionAge
                ),
                routes: ProxyService.makeHTTP2Routes(),
                handlers: service.handlers,
                logger: logger
            ) { loop in
                let shared = ServiceLoop(
                    service: service,
                    loop: loop,
                    limits: callLimits,
                    doorkeeper: doorkeeper,
                    admission: admission
                )
                return { connection in ProxyConnection(shared: shared, connection: connection) }
            }
        } catch let error as ListenError {
            throw ProxyServerError(error, host: configuration.host, port: configuration.port)
        }
    }
}

extension ProxyServerError {
    fileprivate init(_ error: ListenError, host: String, port: Int) {
        self.init(
            error.isAddressInUse ? .addressInUse : .bindFailed,
            "Cannot listen on \(host) port \(port): \(error)."
        )
    }
}

extension HTTP2Settings {
    fileprivate init(_ limits: ProxyServer.Limits) {
        self.init()
        maxHeaderList = UInt32(clamping: limits.maxHeaderListSize)
        maxConcurrentStreams = UInt32(clamping: limits.maxConcurrentStreams)
        highWater = limits.streamBufferSize
        maxBody = limits.maxRequestSize + LengthPrefix.byteCount
    }
}

extension ServiceLoop.Limits {
    fileprivate init(_ limits: ProxyServer.Limits, compressesAnswers: Bool) {
        self.init(
            request: limits.maxRequestSize,
            answer: limits.maxAnswerSize,
            abandonedCalls: limits.maxAbandonedCalls,
            compressesAnswers: compressesAnswers,
            firstMessageTimeout: UInt64(clamping: limits.firstMessageTimeout.nanoseconds),
            streamDrainWindow: UInt64(clamping: limits.streamDrainWindow.nanoseconds)
        )
    }
}
