public import CentrifugoProxy
import HTTP2Transport
public import Logging
import NIOCore
import NIOHTTP1
import NIOPosix
public import ServiceLifecycle
import Synchronization

/// A listener for operators, apart from the proxy's own: metrics and probes over HTTP/1.
///
/// - `/metrics`: Prometheus's text format 0.0.4, or OpenMetrics 1.0 for scrapers that prefer it.
/// - `/livez`: 200 as long as the process serves.
/// - `/readyz`: 200 while the server's overall health is serving, otherwise 503: while it drains, and when the application
///   says so by ``ServerHealth``.
/// - `/version`: the program's name and version, in JSON.
///
/// In a `ServiceGroup`, list it before the server: it is then stopped after it, and tells that the server drains.
public struct AdminServer: Service {
    private let configuration: Configuration
    private let answers: AdminAnswers
    private let logger: Logger
    private let certificates = CertificateReloader()
    private let onListening: @Sendable (ProxyServer.Address) async -> Void

    /// Makes a listener for operators; ``run()`` starts it.
    ///
    /// - Parameters:
    ///   - configuration: Where to listen, and who may read the metrics.
    ///   - health: The health that `/readyz` tells.
    ///   - metrics: The sources of the metrics, in their order.
    ///   - logger: Receives the listener's own messages.
    ///   - onListening: Called once connections are accepted, with the address.
    public init(
        _ configuration: Configuration,
        health: ServerHealth,
        metrics: [@Sendable () async -> [MetricFamily]],
        logger: Logger,
        onListening: @escaping @Sendable (_ address: ProxyServer.Address) async -> Void = { _ in }
    ) {
        self.configuration = configuration
        answers = AdminAnswers(
            health: health,
            scrapes: SharedScrape(metrics + [{ [certificates] in [certificates.family] }]),
            token: configuration.token.map { AdminToken($0) },
            program: configuration.program
        )
        self.logger = logger.printable
        self.onListening = onListening
    }

    /// Replaces the token that `/metrics` and `/version` ask for; does nothing for a listener that was made without one.
    public func replaceToken(by token: String) {
        answers.token?.replace(by: token)
    }

    /// Reads the certificate files again, without waiting for the next check.
    ///
    /// If files cannot be used, the current certificate stays, and the log names the files. Does nothing unless the
    /// listener runs.
    public func reloadCertificates() {
        _ = readCertificates()
    }

    /// Reads the certificate files again.
    ///
    /// - Returns: The certificate files that are now in use, and those that cannot be used.
    package func readCertificates() -> (read: [String], kept: [String]) {
        certificates.reload(logger: logger)
    }

    /// Serves until a graceful shutdown, and returns when the answers that are on their way have been read or the grace
    /// period is over.
    ///
    /// - Throws: ``ProxyServerError`` when it cannot listen, and when strangers could read the metrics.
    public func run() async throws {
        let tls = try configuration.listener.tls.map { try load($0) }
        // A loop of its own: a slow reader of metrics takes nothing from calls.
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        do {
            try await serve(on: group, tls)
        } catch {
            try? await group.shutdownGracefully()
            throw error
        }
        try? await group.shutdownGracefully()
    }

    private func serve(on group: MultiThreadedEventLoopGroup, _ tls: TLSContext?) async throws {
        let (answers, limits) = (answers, configuration.limits)
        let connections = LoopConfined(AdminConnections(limit: limits.maxConnections))
        let isOpen = SharedFlag()
        let bootstrap = ServerBootstrap(group: group)
            .serverChannelOption(.backlog, value: 64)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            // A peer that ends its side after its request still reads the answer.
            .childChannelOption(.allowRemoteHalfClosure, value: true)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    // Until it is known whether strangers can reach the listener, nobody is served.
                    guard isOpen.isSet, !connections.value.isDraining else { throw NotServedError() }
                    let pipeline = channel.pipeline.syncOperations
                    if let tls { try pipeline.addHandler(tls.makeServerHandler()) }
                    try pipeline.addHandler(RequestSizeLimit(limits.maxHeaderSize))
                    try pipeline.configureHTTPServerPipeline(withErrorHandling: true)
                    try pipeline.addHandler(AdminConnection(answers, limits, among: connections.value))
                }
            }
        let socket: ListeningSocket
        do {
            socket = try await ListeningSocket.open(configuration.listener.address, by: bootstrap)
        } catch {
            throw ProxyServerError(
                error.isAddressInUse ? .addressInUse : .bindFailed,
                "Cannot listen for operators on \(configuration.listener.address): \(error)."
            )
        }
        let address = ProxyServer.Address(socket.address)
        guard !socket.isPublic || (tls != nil && configuration.token != nil) else {
            await socket.close()
            throw ProxyServerError(
                .invalidConfiguration,
                "Other machines can reach the admin listener on \(address); give it TLS and a token, or "
                    + "listen on 127.0.0.1."
            )
        }
        isOpen.set()
        logger.info("listening for operators", metadata: ["address": "\(address)"])
        await onListening(address)
        let watch = Task { [certificates, configuration, logger] in
            await certificates.watch(every: configuration.certificateCheckInterval, logger: logger)
        }
        // If the task was cancelled, there is no time for answers.
        let isAsked = (try? await gracefulShutdown()) != nil
        watch.cancel()
        await socket.close()
        await Self.drain(connections, on: group.next(), within: isAsked ? limits.gracePeriod : .zero)
    }

    /// Waits until the answers on their way have been read, but not longer than a time.
    private static func drain(
        _ connections: LoopConfined<AdminConnections>,
        on loop: any EventLoop,
        within time: Duration
    ) async {
        let drained = loop.makePromise(of: Void.self)
        loop.execute { connections.value.drain(drained) }
        let end = loop.scheduleTask(in: TimeAmount(time)) { connections.value.closeAll() }
        try? await drained.futureResult.get()
        end.cancel()
    }

    private func load(_ tls: ProxyServer.TLS) throws -> TLSContext {
        var files = tls.files
        files.applicationProtocols = ["http/1.1"]
        do {
            return try certificates.load(files, logger: logger)
        } catch {
            throw ProxyServerError(
                .badCertificate,
                "Cannot serve TLS on the admin listener \(configuration.listener.address): \(error)."
            )
        }
    }
}

/// Thrown to close a channel that was just accepted.
private struct NotServedError: Error {}

/// Is set once, for all threads.
private final class SharedFlag: Sendable {
    private let value = Atomic(false)

    var isSet: Bool { value.load(ordering: .acquiring) }

    func set() {
        value.store(true, ordering: .releasing)
    }
}
