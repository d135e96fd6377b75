import ArgumentParser
import CentrifugoProxy
import Logging
import ServiceLifecycle
import UnixSignals

/// The library alone, with one handler that answers every call of a method with the same JSON.
@main
struct ProxyBenchServer: AsyncParsableCommand {
    /// Where handlers run.
    enum Place: String, ExpressibleByArgument {
        case loop
        case global
    }

    @Option(help: "The port to listen on at 127.0.0.1.")
    var port: Int

    @Option(help: "How many event loops share the connections.")
    var eventLoops = 1

    @Option(help: "Where the handler runs: loop or global.")
    var executor = Place.loop

    @Option(help: "How many interceptors stand around the handler; they hand on what they get.")
    var interceptors = 0

    @Flag(help: "Let the handler await another actor, so that it suspends.")
    var suspends = false

    func run() async throws {
        var logger = Logger(label: "bench") { StreamLogHandler.standardError(label: $0) }
        logger.logLevel = .warning
        let configuration = ProxyServer.Configuration(
            port: port,
            eventLoops: eventLoops,
            executor: executor == .loop ? .eventLoop : .global
        )
        // The actor as a user writes it: a default actor, shared by all loops.
        let service =
            suspends
            ? ProxyService(interceptors: chain, rpc: AskingCommands())
            : ProxyService(interceptors: chain, rpc: Commands())
        try await ServiceGroup(
            services: [ProxyServer(service, configuration: configuration, logger: logger)],
            gracefulShutdownSignals: [.sigterm, .sigint],
            logger: logger
        ).run()
    }

    private var chain: [any Interceptor] {
        (0..<interceptors).map { _ in PassOn() }
    }
}
