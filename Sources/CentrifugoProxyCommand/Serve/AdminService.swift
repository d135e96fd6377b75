import CentrifugoProxy
import Logging
import ProxyAdmin
import ServiceLifecycle

/// The listener for operators as a service of the ready server.
struct AdminService: Service {
    private let server: AdminServer
    private let isOptional: Bool
    private let start: AsyncStream<Void>
    private let logger: Logger

    /// Makes the service.
    ///
    /// - Parameters:
    ///   - server: The listener.
    ///   - isOptional: Whether the server goes on without it when its address is in use.
    ///   - start: When to begin: a server that cannot listen has nothing to tell operators.
    ///   - logger: Receives the warning about that.
    init(_ server: AdminServer, isOptional: Bool, after start: AsyncStream<Void>, logger: Logger) {
        self.start = start
        self.server = server
        self.isOptional = isOptional
        self.logger = logger.printable
    }

    func run() async throws {
        var isBegun = false
        for await _ in start.cancelOnGracefulShutdown() {
            isBegun = true
            break
        }
        guard isBegun else { return }
        do {
            try await server.run()
        } catch let error as ProxyServerError where isOptional && error.code == .addressInUse {
            logger.warning("there is no admin listener: \(error)")
            try? await gracefulShutdown()
        }
    }
}

extension LogWriter {
    /// The log's own metric.
    var droppedFamily: MetricFamily {
        MetricFamily(
            "centrifugo_proxy_log_lines_dropped",
            .counter,
            help: "Lines that the log was too slow for.",
            series: [MetricFamily.Series([], .count(UInt64(droppedLines)))]
        )
    }
}
