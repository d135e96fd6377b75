import ArgumentParser
import CentrifugoProxy
import Foundation
import Logging
import ServiceLifecycle
import UnixSignals

/// Serves the starter rules until SIGTERM or SIGINT.
struct Serve: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Serve the starter rules.")

    @OptionGroup(title: "Listening")
    var listen: ListenOptions

    @OptionGroup(title: "Who may call")
    var secret: SecretOptions

    @Option(help: "trace, debug, info, notice, warning, error or critical.", transform: Serve.level)
    var logLevel = Logger.Level.info

    @Option(help: "How many event loops share the connections; one per core by default.")
    var eventLoops: Int?

    func validate() throws {
        if let eventLoops, !(1...1_024 ~= eventLoops) {
            throw ValidationError("--event-loops \(eventLoops) makes no sense: choose from 1 to 1024.")
        }
    }

    func run() async throws {
        var logger = Logger(label: "centrifugo-proxy") { StreamLogHandler.standardError(label: $0) }
        logger.logLevel = logLevel
        let configuration: ProxyServer.Configuration
        do {
            configuration = try makeConfiguration()
        } catch let error as ProxyServerError {
            throw Self.failure(error)
        }
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
        let server = ProxyServer(service, configuration: configuration, logger: logger)
        let group = ServiceGroup(
            configuration: .init(
                services: [.init(service: await ReloadSignal(server: server)), .init(service: server)],
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
            throw Self.failure(error)
        }
    }

    private func makeConfiguration() throws -> ProxyServer.Configuration {
        var configuration = ProxyServer.Configuration(listeners: try listen.listeners(), eventLoops: eventLoops)
        configuration.sharedSecret = try secret.secret()
        return configuration
    }

    /// Says why the server cannot run.
    private static func failure(_ error: ProxyServerError) -> ExitCode {
        FileHandle.standardError.write(Data("centrifugo-proxy: \(error)\n".utf8))
        return .failure
    }

    private static func level(_ name: String) throws -> Logger.Level {
        guard let level = Logger.Level(rawValue: name) else {
            throw ValidationError("choose trace, debug, info, notice, warning, error or critical.")
        }
        return level
    }
}
