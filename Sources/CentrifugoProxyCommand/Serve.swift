import ArgumentParser
import CentrifugoProxy
import Foundation
import Logging
import ServiceLifecycle
import UnixSignals

/// Serves the starter rules until SIGTERM or SIGINT.
struct Serve: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Serve the starter rules.")

    @Option(help: "The host name or IP address to listen on.")
    var host = "127.0.0.1"

    @Option(help: "The TCP port to listen on; 0 lets the system choose one.")
    var port = 10_001

    @Option(help: "trace, debug, info, notice, warning, error or critical.", transform: Serve.level)
    var logLevel = Logger.Level.info

    @Option(help: "How many event loops share the connections; one per core by default.")
    var eventLoops: Int?

    func validate() throws {
        guard 0...65_535 ~= port else {
            throw ValidationError("--port \(port) is not a port: choose one from 0 to 65535.")
        }
        if let eventLoops, !(1...1_024 ~= eventLoops) {
            throw ValidationError("--event-loops \(eventLoops) makes no sense: choose from 1 to 1024.")
        }
    }

    func run() async throws {
        var logger = Logger(label: "centrifugo-proxy") { StreamLogHandler.standardError(label: $0) }
        logger.logLevel = logLevel
        let sessions = StarterSessions()
        let channels = StarterChannels()
        let service = ProxyService(
            connect: sessions,
            refresh: sessions,
            subscribe: channels,
            subRefresh: channels,
            publish: channels,
            rpc: StarterCommands()
        )
        let server = ProxyServer(
            service,
            configuration: .init(host: host, port: port, eventLoops: eventLoops),
            logger: logger
        )
        let group = ServiceGroup(
            configuration: .init(
                services: [.init(service: server)],
                gracefulShutdownSignals: [.sigterm, .sigint],
                logger: logger
            )
        )
        let secondSignal = await SecondSignal(logger: logger)
        let impatience = Task { await secondSignal.end() }
        defer { impatience.cancel() }
        do {
            try await group.run()
        } catch let error as ProxyServerError {
            FileHandle.standardError.write(Data("centrifugo-proxy: \(error)\n".utf8))
            throw ExitCode.failure
        }
    }

    private static func level(_ name: String) throws -> Logger.Level {
        guard let level = Logger.Level(rawValue: name) else {
            throw ValidationError("choose trace, debug, info, notice, warning, error or critical.")
        }
        return level
    }
}
