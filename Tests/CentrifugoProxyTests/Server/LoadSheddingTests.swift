import CentrifugoProxy
import HTTP2FrameKit
import Metrics
import MetricsTestKit
import Testing

@Suite(.serialized, .timeLimit(.minutes(1))) struct LoadSheddingTests {
    private static func run(
        _ executor: ProxyServer.Executor,
        log: LogRecorder = LogRecorder(),
        _ body: (Commands, TestServer, RawConnection) async throws -> Void
    ) async throws {
        let commands = Commands()
        var configuration = ProxyServer.Configuration.test(executor)
        configuration.limits.maxConcurrentCalls = 2
        let endless = Subscriptions(unidirectional: { _ in
            UnidirectionalSubscription(result: SubscribeResult()) { _ in await Events<Step>().untilCancelled() }
        })
        let service = ProxyService(rpc: commands, subscribeUnidirectional: endless)
        try await TestServer.run(service, configuration: configuration, log: log) { server in
            try await body(commands, server, server.connect())
        }
    }

    private static func hold(_ name: String, on connection: RawConnection, _ commands: Commands) async -> UInt32 {
        let id = connection.start(.rpc, RPCRequest(method: "hold", data: [UInt8](name.utf8)))
        #expect(await commands.events.next() == .began(name))
        return id
    }

    @Test("answers UNAVAILABLE at once above the limit, and serves again below it", arguments: ProxyServer.Executor.all)
    func sheds(executor: ProxyServer.Executor) async throws {
        let log = LogRecorder()
        try await Self.run(executor, log: log) { commands, server, connection in
            let held = [
                await Self.hold("1", on: connection, commands), await Self.hold("2", on: connection, commands),
            ]
            let other = try await server.connect()
            let refused = other.start(.rpc, RPCRequest(method: "echo"))
            try await #expect(other.answer(to: refused).grpcStatus == "14")
            commands.gate.open()
            for id in held { try await #expect(connection.answer(to: id).grpcStatus == "0") }
            try await other.stillServes()
        }
        #expect(log.lines().count { $0.message.contains("maxConcurrentCalls") } == 1)
    }

    @Test("counts what it sheds")
    func counts() async throws {
        let metrics = TestMetrics()
        try await withMetricsFactory(metrics) {
            try await Self.run(.eventLoop) { commands, _, connection in
                for name in ["1", "2"] { _ = await Self.hold(name, on: connection, commands) }
                for _ in 0..<3 {
                    let refused = connection.start(.rpc, RPCRequest(method: "echo"))
                    _ = try await connection.answer(to: refused)
                }
                commands.gate.open()
            }
        }
        #expect(metrics.counterTotal(label: "centrifugo_proxy_shed_calls") == 3)
    }

    @Test("counts a call until its handler is done, not until its stream is", arguments: ProxyServer.Executor.all)
    func abandoned(executor: ProxyServer.Executor) async throws {
        try await Self.run(executor) { commands, _, connection in
            for name in ["1", "2"] {
                let id = connection.start(.rpc, RPCRequest(method: "linger", data: [UInt8](name.utf8)))
                #expect(await commands.events.next() == .began(name))
                connection.send(.resetStream(id, .cancel))
            }
            let refused = connection.start(.rpc, RPCRequest(method: "echo"))
            try await #expect(connection.answer(to: refused).grpcStatus == "14")
            commands.gate.open()
            for _ in 0..<2 { _ = await commands.events.next() }
            // The handlers have ended; their calls leave when the loop hears of it.
            var status: String?
            repeat {
                let id = connection.start(.rpc, RPCRequest(method: "echo"))
                status = try await connection.answer(to: id).grpcStatus
            } while status == "14"
            #expect(status == "0")
        }
    }

    @Test("does not count calls that were cancelled before their handler ran, and malformed ones")
    func notBegun() async throws {
        try await Self.run(.eventLoop) { _, _, connection in
            for _ in 0..<5 {
                let id = connection.newStreamID()
                let body = lengthPrefixed(RPCRequest(method: "echo").wireBytes())
                connection.send(
                    .headers(id, RawConnection.head(ProxyEvent.rpc.path)),
                    .data(id, body, .endStream),
                    .resetStream(id, .cancel)
                )
                let malformed = connection.start(body: lengthPrefixed([0x07]))
                try await #expect(connection.answer(to: malformed).grpcStatus == "13")
            }
            try await connection.stillServes()
        }
    }

    @Test("does not count subscription streams")
    func streams() async throws {
        try await Self.run(.eventLoop) { _, _, connection in
            for _ in 0..<5 {
                let id = connection.start(.subscribeUnidirectional, SubscribeRequest(channel: "c"))
                _ = try await connection.expect { if case .data(id, _, _) = $0 { true } else { false } }
            }
            try await connection.stillServes()
        }
    }
}
