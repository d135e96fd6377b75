import CentrifugoProxy
import HTTP2FrameKit
import ProtobufWire
import Testing

@Suite(.serialized, .timeLimit(.minutes(1))) struct HealthWatchTests {
    private static func run(
        configuration: ProxyServer.Configuration = .test(),
        _ body: (ServerHealth, TestServer, RawConnection) async throws -> Void
    ) async throws {
        let health = ServerHealth()
        let service = ProxyService(rpc: Commands())
        try await TestServer.run(service, configuration: configuration, health: health) { server in
            try await body(health, server, server.connect())
        }
    }

    @Test("sends the status at once, and every change of it", arguments: ProxyServer.Executor.all)
    func changes(executor: ProxyServer.Executor) async throws {
        try await Self.run(configuration: .test(executor, eventLoops: 3)) { health, server, connection in
            var watches = [connection.watch()]
            for _ in 0..<5 { watches.append(try await server.connect().watch()) }
            for watch in watches { try await #expect(watch.status() == .serving) }
            for status in [ServerHealth.Status.notServing, .unknown, .serving] {
                health.set(status)
                for watch in watches { try await #expect(watch.status() == .init(status)) }
            }
        }
    }

    @Test("reports an unknown service, and its status once it is known")
    func unknown() async throws {
        try await Self.run { health, _, connection in
            let watch = connection.watch("database")
            try await #expect(watch.status() == .serviceUnknown)
            health.set(.notServing, for: "database")
            try await #expect(watch.status() == .notServing)
            health.set(.serving, for: "database")
            try await #expect(watch.status() == .serving)
        }
    }

    @Test("neither repeats a status nor reports other services")
    func same() async throws {
        try await Self.run { health, _, connection in
            let watch = connection.watch()
            try await #expect(watch.status() == .serving)
            health.set(.serving)
            health.set(.notServing, for: "other")
            health.set(.notServing)
            try await #expect(watch.status() == .notServing)
            #expect(connection.receivedBytes(on: watch.id) == 14)
        }
    }

    @Test("continues for all other watches when some leave")
    func leaving() async throws {
        try await Self.run { health, server, connection in
            let watches = (0..<10).map { _ in connection.watch() }
            let other = try await server.connect()
            let lost = other.watch()
            for watch in watches + [lost] { try await #expect(watch.status() == .serving) }
            for watch in [watches[0], watches[5], watches[9]] { watch.cancel() }
            await other.close()
            try await connection.roundTrip()
            health.set(.notServing)
            for index in [1, 2, 3, 4, 6, 7, 8] { try await #expect(watches[index].status() == .notServing) }
            #expect(connection.receivedBytes(on: watches[5].id) == 7)
        }
    }

    @Test("ends at its deadline")
    func deadline() async throws {
        try await Self.run { _, _, connection in
            let watch = connection.watch(changes: ["grpc-timeout": "50m"])
            try await #expect(watch.status() == .serving)
            try await #expect(watch.status() == nil)
            #expect(watch.status == "4")
        }
    }

    @Test("is limited in number for each connection, with other calls served")
    func limit() async throws {
        var configuration = ProxyServer.Configuration.test()
        configuration.limits.maxBuiltInStreams = 3
        try await Self.run(configuration: configuration) { _, server, connection in
            let watches = (0..<3).map { _ in connection.watch() }
            for watch in watches { try await #expect(watch.status() == .serving) }
            try await #expect(connection.check().grpcStatus == "8")
            try await connection.stillServes()
            try await #expect(server.connect().status() == .serving)
            watches[1].cancel()
            try await connection.roundTrip()
            for _ in 0..<5 { try await #expect(connection.status() == .serving) }
        }
    }

    @Test("sends the last status to a peer that did not read, not all that it missed")
    func slowReader() async throws {
        var configuration = ProxyServer.Configuration.test()
        // Each status has seven bytes: a second one exceeds the limit.
        configuration.limits.streamBufferSize = 10
        try await Self.run(configuration: configuration) { health, server, _ in
            let slow = try await server.connect(window: 0)
            let quick = try await server.connect()
            let watch = slow.watch()
            let mark = quick.watch()
            try await watch.opened()
            try await #expect(mark.status() == .serving)
            for round in 0..<500 {
                let status: ServerHealth.Status = round % 2 == 0 ? .notServing : .serving
                health.set(status)
                try await #expect(mark.status() == .init(status))
            }
            health.set(.unknown)
            try await #expect(mark.status() == .unknown)
            slow.send(.windowUpdate(watch.id, 1_000))
            var statuses: [HealthCheckResponse.ServingStatus] = []
            while statuses.last != .unknown { statuses.append(try #require(try await watch.status())) }
            #expect(statuses.count <= 4)
            try await slow.roundTrip()
            // The last one is UNKNOWN, which takes no bytes after its prefix of five.
            #expect(slow.receivedBytes(on: watch.id) == 7 * statuses.count - 2)
        }
    }

    @Test("has the drain delay to switch, in which calls are served, whatever the grace period is")
    func drainDelay() async throws {
        var configuration = ProxyServer.Configuration.test()
        // Long enough for a call on a busy machine.
        configuration.limits.drainDelay = .seconds(3)
        configuration.limits.gracePeriod = .zero
        try await Self.run(configuration: configuration) { _, server, connection in
            let watch = connection.watch()
            try await #expect(watch.status() == .serving)
            await server.shutDown()
            try await #expect(watch.status() == .notServing)
            try await connection.stillServes()
            #expect(!connection.history.contains { if case .goAway = $0 { true } else { false } })
            await server.hasReturned()
        }
    }

    @Test("learns of a shutdown before GOAWAY, and ends UNAVAILABLE", arguments: ProxyServer.Executor.all)
    func shutdown(executor: ProxyServer.Executor) async throws {
        var configuration = ProxyServer.Configuration.test(executor)
        configuration.limits.streamDrainWindow = .milliseconds(50)
        try await Self.run(configuration: configuration) { health, server, connection in
            let watches = [connection.watch(), connection.watch("grpc.health.v1.Health"), connection.watch("unknown")]
            try await #expect(watches[0].status() == .serving)
            try await #expect(watches[1].status() == .serving)
            try await #expect(watches[2].status() == .serviceUnknown)
            await server.shutDown()
            _ = try await connection.goAway()
            health.set(.serving)
            let late = connection.watch()
            for watch in watches[..<2] + [late] { try await #expect(watch.status() == .notServing) }
            for watch in watches + [late] {
                try await #expect(watch.status() == nil)
                #expect(watch.status == "14")
            }
            let goAway = try #require(connection.history.firstIndex { if case .goAway = $0 { true } else { false } })
            for watch in watches[..<2] {
                let told = try #require(
                    connection.history.lastIndex { if case .data(watch.id, _, _) = $0 { true } else { false } }
                )
                #expect(told < goAway)
            }
            try await connection.answerPing()
            _ = try await connection.rest()
        }
    }

    @Test("ends when its connection reaches its age, while the server goes on")
    func age() async throws {
        var configuration = ProxyServer.Configuration.test()
        configuration.limits.maxConnectionAge = .milliseconds(100)
        configuration.limits.streamDrainWindow = .milliseconds(10)
        try await Self.run(configuration: configuration) { _, server, connection in
            let watch = connection.watch()
            try await #expect(watch.status() == .serving)
            try await #expect(watch.status() == nil)
            #expect(watch.status == "14")
            try await #expect(server.connect().status() == .serving)
        }
    }

    @Test("ends with the grace period when its peer has not even sent the request")
    func grace() async throws {
        var configuration = ProxyServer.Configuration.test()
        configuration.limits.gracePeriod = .milliseconds(50)
        try await Self.run(configuration: configuration) { _, server, connection in
            let id = connection.newStreamID()
            connection.send(.headers(id, RawConnection.head(RawConnection.healthPath("Watch"))))
            try await connection.roundTrip()
            await server.shutDown()
            try await #expect(connection.answer(to: id).grpcStatus == "14")
        }
    }
}

extension HealthCheckResponse.ServingStatus {
    fileprivate init(_ status: ServerHealth.Status) {
        self =
            switch status {
            case .unknown: .unknown
            case .serving: .serving
            case .notServing: .notServing
            }
    }
}
