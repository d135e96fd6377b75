import ArgumentParser
import CentrifugoProxy
import Foundation
import Logging
import ServiceLifecycle
import UnixSignals

/// The server that foreign clients test: its handlers echo, wait and refuse as instructed.
@main
struct ProbeServer: AsyncParsableCommand {
    @Option(help: "The port to listen on at 127.0.0.1; 0 chooses a free one.")
    var port = 0

    @Option(help: "How many seconds calls may go on after SIGTERM.")
    var gracePeriod = 30

    @Option(help: "How many threads serve connections; as many as there are cores unless given.")
    var eventLoops: Int?

    @Option(help: "Seconds after which a stream without a first message fails.")
    var firstMessageTimeout = 10.0

    @Option(help: "Seconds over which a draining connection's streams end.")
    var streamDrainWindow = 5.0

    @Option(help: "Seconds after which a connection is drained; never unless given.")
    var maxConnectionAge: Double?

    @Option(help: "How many streams a connection may have open; the library's default unless given.")
    var maxConcurrentStreams: Int?

    @Option(help: "How many bytes a connection may make the server hold; the library's default unless given.")
    var maxConnectionMemory: Int?

    @Flag(help: "Run handlers on Swift's global executor instead of the event loops.")
    var globalExecutor = false

    @Flag(help: "Serve no event at all.")
    var withoutHandlers = false

    @Option(parsing: .upToNextOption, help: "A metadata key, and the values that are accepted for it.")
    var secret: [String] = []

    @Flag(help: "Ask health checks for the secret as well.")
    var secretCoversHealth = false

    @Flag(help: "Do not tell the schema.")
    var withoutReflection = false

    func run() async throws {
        let logger = Logger(label: "probe", factory: { StreamLogHandler.standardError(label: $0) })
        let holds = Holds()
        let health = ServerHealth()
        let server = ProxyServer(
            withoutHandlers ? ProxyService() : ProbeServer.service(holds, health),
            configuration: try configuration,
            health: health,
            logger: logger,
            onListening: { addresses in
                // Not print, which buffers the line while standard output is a pipe.
                let text = addresses.map { "listening on \($0)\n" }.joined()
                FileHandle.standardOutput.write(Data(text.utf8))
            }
        )
        // The signal is heard until the server has ended, so services that end in reverse order end right.
        try await ServiceGroup(
            services: [ReleaseSignal(holds: holds), server],
            gracefulShutdownSignals: [.sigterm],
            logger: logger
        ).run()
    }

    private var configuration: ProxyServer.Configuration {
        get throws {
            var configuration = ProxyServer.Configuration(
                port: port,
                eventLoops: eventLoops,
                executor: globalExecutor ? .global : .eventLoop
            )
            configuration.limits.firstMessageTimeout = .seconds(firstMessageTimeout)
            configuration.limits.streamDrainWindow = .seconds(streamDrainWindow)
            configuration.limits.maxConnectionAge = maxConnectionAge.map { .seconds($0) }
            configuration.limits.gracePeriod = .seconds(gracePeriod)
            if let maxConcurrentStreams { configuration.limits.maxConcurrentStreams = maxConcurrentStreams }
            if let maxConnectionMemory { configuration.limits.maxConnectionMemory = maxConnectionMemory }
            configuration.reflection = !withoutReflection
            if let key = secret.first {
                configuration.sharedSecret = try SharedSecret(metadataKey: key, values: Array(secret.dropFirst()))
                configuration.sharedSecret?.coversHealth = secretCoversHealth
            }
            return configuration
        }
    }

    private static func service(_ holds: Holds, _ health: ServerHealth) -> ProxyService {
        let clients = Clients()
        let channels = Channels()
        let maps = Maps()
        let notices = Notices()
        let hub = ChannelHub()
        let streams = Streams(holds: holds, hub: hub)
        return ProxyService(
            connect: clients,
            refresh: clients,
            subscribe: channels,
            subRefresh: channels,
            publish: channels,
            rpc: Commands(holds: holds, notices: notices, hub: hub, health: health),
            mapPublish: maps,
            mapRemove: maps,
            sharedPollRefresh: maps,
            notifyCacheEmpty: notices,
            notifyChannelState: notices,
            subscribeUnidirectional: streams,
            subscribeBidirectional: streams
        )
    }
}

/// Releases all held calls at SIGUSR1, which works even when the server takes no more calls.
private struct ReleaseSignal: Service {
    let holds: Holds

    func run() async throws {
        for await _ in await UnixSignalsSequence(trapping: .sigusr1).cancelOnGracefulShutdown() {
            await holds.releaseAll()
        }
    }
}
