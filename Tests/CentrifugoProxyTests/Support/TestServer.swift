import CentrifugoProxy
import Logging
import ServiceLifecycle

/// A `ProxyServer` on a port of its own, for the duration of one test.
final class TestServer {
    let port: Int
    let addresses: [ProxyServer.Address]
    let log: LogRecorder
    private let group: ServiceGroup
    private let ends: Events<Void>
    private var connections: [RawConnection] = []
    let proxy: ProxyServer

    /// Serves while `body` runs, then ends all its connections and returns when the server has returned.
    static func run(
        _ service: ProxyService,
        configuration: ProxyServer.Configuration = .init(port: 0),
        health: ServerHealth = ServerHealth(),
        log: LogRecorder = LogRecorder(),
        _ body: (TestServer) async throws -> Void
    ) async throws {
        let listening = Events<[ProxyServer.Address]>()
        let ends = Events<Void>()
        let proxy = ProxyServer(service, configuration: configuration, health: health, logger: log.logger) {
            listening.tell($0)
        }
        let group = ServiceGroup(services: [proxy], logger: Logger(label: "group") { _ in SwiftLogNoOpLogHandler() })
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask {
                defer {
                    ends.tell(())
                    listening.tell([])
                }
                try await group.run()
            }
            // Without addresses the server did not start: the group throws the reason.
            guard let addresses = await listening.next(), !addresses.isEmpty else {
                return try await tasks.waitForAll()
            }
            let server = TestServer(addresses: addresses, log: log, group: group, ends: ends, proxy: proxy)
            do {
                try await body(server)
            } catch {
                await server.end()
                throw error
            }
            await server.end()
            try await tasks.waitForAll()
        }
    }

    private init(
        addresses: [ProxyServer.Address],
        log: LogRecorder,
        group: ServiceGroup,
        ends: Events<Void>,
        proxy: ProxyServer
    ) {
        self.addresses = addresses
        port = addresses.lazy.compactMap(\.port).first ?? 0
        self.proxy = proxy
        self.log = log
        self.group = group
        self.ends = ends
    }

    /// A connection whose first SETTINGS are exchanged.
    func connect() async throws -> RawConnection {
        adopt(try await RawConnection(to: port))
    }

    /// A connection on which nothing was sent.
    func connectSilently() async throws -> RawConnection {
        adopt(try await RawConnection(silentTo: port))
    }

    /// A connection that the test makes itself, and that ends with the server.
    func adopt(_ connection: RawConnection) -> RawConnection {
        connections.append(connection)
        return connection
    }

    /// Begins a graceful shutdown.
    func shutDown() async {
        await group.triggerGracefulShutdown()
    }

    /// Waits until the server's `run()` has returned, while the test's connections are still open.
    func hasReturned() async {
        _ = await ends.next()
    }

    private func end() async {
        for connection in connections { await connection.close() }
        await group.triggerGracefulShutdown()
    }
}

extension ProxyServer.Executor {
    /// Both places where handlers can run, which must not make a difference to peers.
    static let all: [ProxyServer.Executor] = [.eventLoop, .global]
}

extension ProxyServer.Configuration {
    static func test(
        _ executor: ProxyServer.Executor = .eventLoop,
        eventLoops: Int = 1
    ) -> ProxyServer.Configuration {
        var configuration = ProxyServer.Configuration(port: 0, eventLoops: eventLoops, executor: executor)
        // A test must not depend on the speed of its machine.
        configuration.limits.handshakeTimeout = .seconds(60)
        return configuration
    }
}
