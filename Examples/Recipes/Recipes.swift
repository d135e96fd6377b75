import ArgumentParser
import CentrifugoProxy
import Logging
import ServiceLifecycle
import UnixSignals

#if Tokens
import ProxyTokens
#endif

/// Serves one of the recipes, to try it out: `recipes accept-all`.
@main
struct Recipes: AsyncParsableCommand {
    enum Name: String, CaseIterable, ExpressibleByArgument {
        case acceptAll = "accept-all"
        case bridge
        case channels
        case fromSpiral = "from-spiral"
        case interceptors
        case pingPong = "ping-pong"
        case publishCheck = "publish-check"
        case refresh
        case tokens
        case topics
    }

    @Argument(help: "Which one.")
    var name: Name

    @Option(help: "The port to listen on.")
    var port = 10_001

    @Option(help: "Where the bridge sends calls.")
    var upstream = "http://127.0.0.1:8080"

    func run() async throws {
        let logger = Logger(label: "recipes") { StreamLogHandler.standardError(label: $0) }
        let (service, others) = try await make(logger: logger)
        var configuration = ProxyServer.Configuration(port: port)
        configuration.accessLog = AccessLog(logger: logger)
        let server = ProxyServer(service, configuration: configuration, logger: logger)
        try await ServiceGroup(
            services: others + [server],
            gracefulShutdownSignals: [.sigterm, .sigint],
            logger: logger
        ).run()
    }

    private func make(logger: Logger) async throws -> (ProxyService, others: [any Service]) {
        switch name {
        case .acceptAll: return (try acceptAll(), [])
        case .channels: return (try channels(logger: logger), [])
        case .fromSpiral: return (try fromSpiral(logger: logger), [])
        case .interceptors: return (interceptors(logger: logger), [])
        case .pingPong: return (try pingPong(), [])
        case .publishCheck: return (publishCheck(), [])
        case .refresh: return (try refresh(), [])
        case .topics: return (try topics(), [])
        case .tokens:
            #if Tokens
            let storage = InMemoryTokenStorage()
            let issued = try await storage.create(user: "alice", roles: ["staff"], expiresIn: .seconds(3_600))
            logger.notice("a token for alice", metadata: ["token": "\(issued.secret.text)"])
            return (try tokens(storage, logger: logger), [])
            #else
            throw ValidationError("Build the recipes with --traits Tokens for this one.")
            #endif
        case .bridge:
            #if HTTPBridge
            let (service, bridge) = try bridge(to: upstream, logger: logger)
            return (service, [bridge])
            #else
            throw ValidationError("Build the recipes with --traits HTTPBridge for this one.")
            #endif
        }
    }
}
