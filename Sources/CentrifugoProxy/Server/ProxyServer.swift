import GRPCCall
import HTTP2Framing
import HTTP2Transport
public import Logging
public import ServiceLifecycle

/// A server that answers Centrifugo's gRPC proxy calls, as a service for a `ServiceGroup`.
public struct ProxyServer: Service {
    /// The health that the server reports.
    public let health: ServerHealth
    /// What the server counts.
    public let metrics = ServerMetrics()
    private let service: ProxyService
    private let configuration: Configuration
    private let logger: Logger
    private let onListening: @Sendable ([Address]) async -> Void
    private let certificates = CertificateReloader()
    private let secret: CurrentSecret?

    /// Makes a server; ``run()`` starts it.
    ///
    /// - Parameters:
    ///   - service: Answers the events.
    ///   - configuration: Where to listen, and the limits.
    ///   - health: The health that the server reports; a new object by default.
    ///   - logger: Receives the server's own messages.
    ///   - onListening: Called once connections are accepted, with the addresses in the order of the listeners.
    public init(
        _ service: ProxyService,
        configuration: Configuration = Configuration(),
        health: ServerHealth = ServerHealth(),
        logger: Logger,
        onListening: @escaping @Sendable (_ addresses: [Address]) async -> Void = { _ in }
    ) {
        self.service = service
        self.health = health
        self.configuration = configuration
        self.logger = logger.printable
        self.onListening = onListening
        secret = configuration.sharedSecret.map { CurrentSecret($0) }
    }

    /// Serves until a graceful shutdown, and returns when the open calls have finished or the grace period is over.
    ///
    /// - Throws: ``ProxyServerError`` when the server cannot listen.
    public func run() async throws {
        let listeners = try certificates.load(for: configuration.listeners, logger: logger)
        // With an explicit number of event loops, the processors do not matter.
        let processors = configuration.eventLoops == nil ? ProcessorShare.ofThisProcess() : nil
        let server = try await start(listeners, processors)
        metrics.serve(server, certificates)
        let addresses = server.addresses.map { Address($0) }
        let eventLoops = Self.eventLoops(server.eventLoopCount, processors)
        for address in addresses {
            logger.info(
                "listening",
                metadata: ["address": "\(address)", "event_loops": "\(eventLoops)"]
            )
        }
        await onListening(addresses)
        let watch = Task { [certificates, configuration, logger] in
            await certificates.watch(every: configuration.certificateCheckInterval, logger: logger)
        }
        defer { watch.cancel() }
        let limits = configuration.limits
        let isAsked = (try? await gracefulShutdown()) != nil
        if isAsked { logger.info("shutting down", metadata: ["grace": "\(limits.gracePeriod)"]) }
        // Before GOAWAY, so that a load balancer that watches the health can switch in time.
        health.shutDown()
        // If the task was cancelled, there is no time for open calls.
        let drained: Void? = isAsked ? try? await Task.sleep(for: limits.drainDelay) : nil
        await server.shutDown(grace: drained == nil ? .zero : limits.gracePeriod) { [metrics] in await metrics.end() }
    }

    /// Reads the certificate files again, without waiting for the next check.
    ///
    /// If files cannot be used, the current certificate stays, and the log names the files. Does nothing unless the
    /// server runs.
    public func reloadCertificates() {
        _ = readCertificates()
    }

    /// Reads the certificate files again.
    ///
    /// - Returns: The certificate files that are now in use, and those that cannot be used.
    package func readCertificates() -> (read: [String], kept: [String]) {
        certificates.reload(logger: logger)
    }

    /// The number of event loops, and what determined it.
    private static func eventLoops(_ count: Int, _ processors: ProcessorShare?) -> String {
        guard let processors, processors.count == count else { return "\(count)" }
        return "\(count), by \(processors.source)"
    }

    /// Replaces the shared secret for new calls, on open connections as well.
    ///
    /// Whether it covers health checks does not change.
    ///
    /// - Parameter secret: The secret.
    /// - Returns: Whether it is in force; a server that was made without a secret cannot get one later.
    package func replaceSharedSecret(by secret: SharedSecret) -> Bool {
        guard let current = self.secret else { return false }
        current.replace(by: secret)
        return true
    }

    private func start(
        _ listeners: [HTTP2Transport.Listener],
        _ processors: ProcessorShare?
    ) async throws -> HTTP2Server {
        // The process has as many loops as the machine has processors, or as its environment says.
        let fewer = processors.map(\.count).flatMap { $0 < HTTP2Server.processLoopCount ? $0 : nil }
        let limits = configuration.limits
        try limits.check()
        if let eventLoops = configuration.eventLoops, !(1...1_024 ~= eventLoops) {
            throw ProxyServerError(
                .invalidConfiguration,
                "eventLoops is \(eventLoops); set it from 1 to 1024, or to nil."
            )
        }
        let connections = ServedConnections(
            of: service,
            limits: limits,
            compressesAnswers: configuration.compressesAnswers,
            secret: secret,
            builtIn: beginBuiltInServices(),
            metrics: metrics,
            accessLog: configuration.accessLog,
            tracing: configuration.tracing
        )
        do {
            return try await HTTP2Server.start(
                HTTP2Server.Configuration(
                    listeners: listeners,
                    eventLoops: configuration.eventLoops ?? fewer,
                    handlerExecutor: configuration.executor.handlerExecutor,
                    settings: HTTP2Settings(limits),
                    limits: ConnectionLimits(limits)
                ),
                routes: connections.makeRoutes(),
                handlers: service.handlers,
                logger: logger,
                delegates: connections.delegates
            )
        } catch let error as ListenError {
            let address = error.address.map { "\($0)" } ?? "the address"
            throw ProxyServerError(
                error.isAddressInUse ? .addressInUse : .bindFailed,
                "Cannot listen on \(address): \(error)."
            )
        }
    }
}

extension ProxyServer {
    /// Registers the services' health, and returns the methods of the built-in services.
    private func beginBuiltInServices() -> [BuiltInMethod] {
        let handled = Set(service.handledEvents)
        var statuses = [
            "": ServerHealth.Status.serving, ProxyEvent.serviceName: .serving, HealthService.name: .serving,
        ]
        for event in ProxyEvent.allCases {
            statuses[event.healthName] = handled.contains(event) ? .serving : .notServing
        }
        var methods = HealthService(health: health).methods(
            needsSecret: configuration.sharedSecret?.coversHealth ?? false
        )
        if configuration.reflection {
            for name in ReflectionService.names { statuses[name] = .serving }
            methods += ReflectionService().methods()
        }
        health.begin(statuses)
        return methods
    }
}
