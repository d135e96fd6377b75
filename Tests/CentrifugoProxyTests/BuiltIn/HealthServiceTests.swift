import CentrifugoProxy
import GRPCCall
import HTTP2FrameKit
import ProtobufWire
import Testing

@Suite(.timeLimit(.minutes(1))) struct HealthServiceTests {
    private static let service = "centrifugal.centrifugo.proxy.CentrifugoProxy"

    private static func run(
        _ service: ProxyService = ProxyService(rpc: Commands()),
        configuration: ProxyServer.Configuration = .test(),
        health: ServerHealth = ServerHealth(),
        _ body: (TestServer, RawConnection) async throws -> Void
    ) async throws {
        try await TestServer.run(service, configuration: configuration, health: health) { server in
            try await body(server, server.connect())
        }
    }

    @Test(
        "knows the server, its services and its events",
        arguments: [
            ("", HealthCheckResponse.ServingStatus.serving),
            (service, .serving),
            ("\(service)/RPC", .serving),
            ("\(service)/Connect", .notServing),
            ("\(service)/SubscribeBidirectional", .notServing),
            ("grpc.health.v1.Health", .serving),
            ("grpc.reflection.v1.ServerReflection", .serving),
            ("grpc.reflection.v1alpha.ServerReflection", .serving),
        ]
    )
    func known(name: String, status: HealthCheckResponse.ServingStatus) async throws {
        try await Self.run { _, connection in
            try await #expect(connection.status(of: name) == status)
        }
    }

    @Test("ends a check of an unknown service with NOT_FOUND and goes on")
    func unknown() async throws {
        try await Self.run { _, connection in
            let answer = try await connection.check("unknown")
            #expect(answer.grpcStatus == "5")
            #expect(answer.body.isEmpty)
            try await #expect(connection.status() == .serving)
        }
    }

    @Test("reports what the application set, before the start and later")
    func application() async throws {
        let health = ServerHealth()
        health.set(.notServing)
        try await Self.run(health: health) { _, connection in
            try await #expect(connection.status() == .notServing)
            health.set(.serving)
            try await #expect(connection.status() == .serving)
            health.set(.unknown, for: "database")
            try await #expect(connection.status(of: "database") == .unknown)
            health.set(.notServing, for: .rpc)
            try await #expect(connection.status(of: "\(Self.service)/RPC") == .notServing)
        }
    }

    @Test("lists all services")
    func list() async throws {
        let health = ServerHealth()
        health.set(.unknown, for: "database")
        try await Self.run(health: health) { _, connection in
            let id = connection.start(path: RawConnection.healthPath("List"), body: lengthPrefixed([]))
            let list: HealthListResponse = try await connection.answer(to: id).message()
            #expect(list.statuses.count == health.statuses.count)
            #expect(list.statuses.count == ProxyEvent.allCases.count + 6)
            #expect(list.statuses[""]?.status == .serving)
            #expect(list.statuses["database"]?.status == .unknown)
            #expect(list.statuses["\(Self.service)/Connect"]?.status == .notServing)
        }
    }

    @Test("does not list more than a thousand services")
    func longList() async throws {
        let health = ServerHealth()
        for number in 0..<1_000 { health.set(.serving, for: "\(number)") }
        try await Self.run(health: health) { _, connection in
            let id = connection.start(path: RawConnection.healthPath("List"), body: lengthPrefixed([]))
            try await #expect(connection.answer(to: id).grpcStatus == "8")
            try await #expect(connection.status(of: "999") == .serving)
        }
    }

    @Test("works without a handler, on all event loops", arguments: ProxyServer.Executor.all)
    func bare(executor: ProxyServer.Executor) async throws {
        let health = ServerHealth()
        try await Self.run(
            ProxyService(),
            configuration: .test(executor, eventLoops: 3),
            health: health
        ) { server, _ in
            // Connections are assigned to the loops in turn.
            for _ in 0..<6 {
                let connection = try await server.connect()
                try await #expect(connection.status() == .serving)
                let watch = connection.watch("\(Self.service)/RPC")
                try await #expect(watch.status() == .notServing)
            }
        }
    }

    @Test("reads compressed requests")
    func gzip() async throws {
        try await Self.run { _, connection in
            var message = [UInt8](repeating: 0, count: LengthPrefix.byteCount)
            try HealthCheckRequest(service: "unknown").wireBytes().withUnsafeBytes { bytes in
                try Gzip().deflate(bytes, appendingTo: &message)
            }
            let length = message.count - LengthPrefix.byteCount
            message.withUnsafeMutableBytes { LengthPrefix(isCompressed: true, length: length).write(to: $0) }
            let path = RawConnection.healthPath("Check")
            let id = connection.start(path: path, body: message, changes: ["grpc-encoding": "gzip"])
            try await #expect(connection.answer(to: id).grpcStatus == "5")
            let unknown = connection.start(path: path, body: message, changes: ["grpc-encoding": "zstd"])
            try await #expect(connection.answer(to: unknown).grpcStatus == "12")
            let unannounced = connection.start(path: path, body: message)
            try await #expect(connection.answer(to: unannounced).grpcStatus == "13")
        }
    }

    @Test(
        "refuses a malformed request, and serves the next one",
        arguments: [
            ([], "12"),  // no message
            (lengthPrefixed([]) + lengthPrefixed([]), "12"),  // two
            (Array(lengthPrefixed([0x0A, 0x01, 0x61]).dropLast()), "13"),  // cut
            ([0, 0, 0], "13"),  // cut inside its prefix
            (lengthPrefixed([0x07]), "13"),  // no protobuf
            (lengthPrefixed([0x0A, 0x01, 0xFF]), "13"),  // no UTF-8
            (lengthPrefixed([], flag: 2), "13"),
            ([0, 0, 0, 0x10, 0x01], "8"),  // 4,097 bytes
            ([0, 0xFF, 0xFF, 0xFF, 0xFF], "8"),
        ] as [([UInt8], String)],
        ["Check", "Watch", "List"]
    )
    func malformed(row: (body: [UInt8], status: String), method: String) async throws {
        try await Self.run { _, connection in
            // A list request has no fields that could be wrong.
            guard method != "List" || row.body != lengthPrefixed([0x0A, 0x01, 0xFF]) else { return }
            let id = connection.start(path: RawConnection.healthPath(method), body: row.body)
            try await #expect(connection.answer(to: id).grpcStatus == row.status)
            try await #expect(connection.status() == .serving)
        }
    }

    @Test("makes gRPC's checks", arguments: [(":method", "GET", "405"), ("content-type", "text/plain", "415")])
    func http(name: String, value: String, status: String) async throws {
        try await Self.run { _, connection in
            try await #expect(connection.check(changes: [name: value]).httpStatus == status)
            try await #expect(connection.check(changes: ["grpc-timeout": "-1S"]).grpcStatus == "13")
            try await #expect(connection.check(changes: ["grpc-timeout": "1S"]).grpcStatus == "0")
        }
    }

    @Test("ends a check whose request does not arrive, at its deadline or at the server's own")
    func deadline() async throws {
        var configuration = ProxyServer.Configuration.test()
        configuration.limits.firstMessageTimeout = .milliseconds(200)
        try await Self.run(configuration: configuration) { _, connection in
            for changes in [["grpc-timeout": "20m"], [:]] as [[String: String?]] {
                let id = connection.newStreamID()
                connection.send(.headers(id, RawConnection.head(RawConnection.healthPath("Check"), changes: changes)))
                try await #expect(connection.answer(to: id).grpcStatus == "4")
            }
            try await #expect(connection.status() == .serving)
        }
    }

    @Test("is not shed when handlers have as many calls as they may")
    func shedding() async throws {
        let commands = Commands()
        var configuration = ProxyServer.Configuration.test()
        configuration.limits.maxConcurrentCalls = 0
        try await Self.run(ProxyService(rpc: commands), configuration: configuration) { _, connection in
            let refused = connection.start(.rpc, RPCRequest(method: "echo"))
            try await #expect(connection.answer(to: refused).grpcStatus == "14")
            try await #expect(connection.status() == .serving)
        }
    }

    @Test("needs the shared secret only when that covers it", arguments: [false, true])
    func secret(covers: Bool) async throws {
        var configuration = ProxyServer.Configuration.test()
        var secret = try SharedSecret(metadataKey: "key", values: ["value"])
        #expect(!secret.coversHealth)
        secret.coversHealth = covers
        configuration.sharedSecret = secret
        try await Self.run(configuration: configuration) { _, connection in
            try await #expect(connection.check().grpcStatus == (covers ? "16" : "0"))
            try await #expect(connection.check(changes: ["key": "value"]).grpcStatus == "0")
            let other = connection.start(.rpc, RPCRequest(method: "echo"))
            try await #expect(connection.answer(to: other).grpcStatus == "16")
        }
    }
}
