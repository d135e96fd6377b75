import HTTP2FrameKit
import MetricsExposition
import ProxyMessages
import Testing

@testable import CentrifugoProxy

@Suite(.timeLimit(.minutes(1))) struct ServerMetricsTests {
    /// The values of a family's series by their labels' values; of a histogram, the number of its observations.
    private static func values(_ name: String, _ families: [MetricFamily]) throws -> [String: Double] {
        let family = try #require(families.first { $0.name == name }, "\(name)")
        return Dictionary(
            uniqueKeysWithValues: family.series.map { series in
                let value =
                    switch series.value {
                    case .count(let count): Double(count)
                    case .number(let number): number
                    case .histogram(let histogram): Double(histogram.counts.reduce(0, +))
                    }
                return (series.labels.map(\.value).joined(separator: " "), value)
            }
        )
    }

    /// The series of calls that are not zero.
    private static func calls(_ families: [MetricFamily]) throws -> [String: Double] {
        try values("centrifugo_proxy_calls", families).filter { $0.value != 0 }
    }

    @Test("counts each call once, by its verdict and next step", arguments: ProxyServer.Executor.all)
    func calls(executor: ProxyServer.Executor) async throws {
        let commands = Commands()
        try await TestServer.run(ProxyService(rpc: commands), configuration: .test(executor, eventLoops: 2)) {
            server async throws in
            let connection = try await server.connect()
            for method in ["echo", "echo", "error", "disconnect", "fail", "not json"] {
                let call = connection.start(.rpc, RPCRequest(method: method, data: [0x31]))
                _ = try await connection.answer(to: call)
            }
            let late = connection.start(.rpc, RPCRequest(method: "hold"), changes: ["grpc-timeout": "20m"])
            _ = try await connection.answer(to: late)
            let malformed = connection.start(body: lengthPrefixed([0xFF]))
            _ = try await connection.answer(to: malformed)
            _ = try await connection.answer(to: connection.start(.connect, ConnectRequest()))
            let unread = connection.start(.rpc, RPCRequest(method: "linger", data: [0x32]))
            while await commands.events.next() != .began("2") {}
            connection.send(.resetStream(unread, .cancel))
            try await connection.roundTrip()
            commands.gate.open()

            let families = await server.proxy.metrics.families()
            #expect(
                try Self.calls(families) == [
                    "RPC accepted 0 none": 2, "RPC error 429 reports_error": 1,
                    "RPC disconnected 4502 stays_closed": 1, "RPC failed UNKNOWN reports_failure": 1,
                    "RPC failed INTERNAL reports_failure": 2, "RPC failed DEADLINE_EXCEEDED reports_failure": 1,
                    "RPC abandoned 0 none": 1, "Connect disconnected 4501 stays_closed": 1,
                ]
            )
            #expect(try Self.values("centrifugo_proxy_refusals", families) == ["Connect no-rule": 1])
            #expect(try Self.values("centrifugo_proxy_call_duration_seconds", families)["RPC"] == 9)
            let semantic = try Self.values("rpc_server_call_duration_seconds", families)
            let method = "grpc centrifugal.centrifugo.proxy.CentrifugoProxy/RPC"
            #expect(semantic["\(method) OK"] == 4 && semantic["\(method) DEADLINE_EXCEEDED"] == 1)
            #expect(try Self.values("centrifugo_proxy_deadline_left_seconds", families)["RPC"] == 1)
            #expect(try Self.values("centrifugo_proxy_request_size_bytes", families)["RPC"] == 9)
            #expect(try Self.values("centrifugo_proxy_answer_size_bytes", families)["RPC"] == 4)
            #expect(try Self.values("centrifugo_proxy_connections", families) == ["": 1])
            #expect(try Self.values("centrifugo_proxy_connections_accepted", families) == ["": 1])
            #expect(try Self.values("centrifugo_proxy_loop_lag_seconds", families).count == 2)
            #expect(try Self.values("centrifugo_proxy_held_bytes", families)[""] ?? 0 > 0)
        }
    }

    @Test("has a series for each event and verdict from the start")
    func presets() async throws {
        let families = await ServerMetrics().families()
        let calls = try Self.values("centrifugo_proxy_calls", families)
        #expect(calls.count == ProxyEvent.allCases.count * CallVerdict.Kind.allCases.count)
        #expect(calls["SubscribeBidirectional shed 0 none"] == 0)
    }

    @Test("counts streams while they are open, and how they end", arguments: ProxyServer.Executor.all)
    func streams(executor: ProxyServer.Executor) async throws {
        let service = ProxyService(subscribeUnidirectional: Subscriptions.ending())
        try await TestServer.run(service, configuration: .test(executor)) { server async throws in
            let connection = try await server.connect()
            let held = connection.subscribe("held")
            _ = try await held.reply()
            for channel in ["finished", "other", "no"] { _ = try await connection.subscribe(channel).end() }
            let open = await server.proxy.metrics.families()
            let name = "SubscribeUnidirectional"
            #expect(try Self.values("centrifugo_proxy_streams", open)[name] == 1)
            #expect(
                try Self.calls(open) == ["\(name) accepted 0 none": 3, "\(name) error 403 stays_unsubscribed": 1]
            )
            held.cancel()
            try await connection.roundTrip()
            let ended = await server.proxy.metrics.families()
            #expect(try Self.values("centrifugo_proxy_streams", ended)[name] == 0)
            let ends = try Self.values("centrifugo_proxy_streams_ended", ended).filter { $0.key.hasPrefix(name) }
            #expect(ends == ["\(name) finished": 1, "\(name) interrupted": 1, "\(name) left": 1])
        }
    }

    @Test("counts calls that are shed", arguments: ProxyServer.Executor.all)
    func shed(executor: ProxyServer.Executor) async throws {
        let commands = Commands()
        var configuration = ProxyServer.Configuration.test(executor)
        configuration.limits.maxConcurrentCalls = 1
        try await TestServer.run(ProxyService(rpc: commands), configuration: configuration) { server async throws in
            let connection = try await server.connect()
            let held = connection.start(.rpc, RPCRequest(method: "hold", data: [0x31]))
            #expect(await commands.events.next() == .began("1"))
            _ = try await connection.answer(to: connection.start(.rpc, RPCRequest(method: "echo")))
            let families = await server.proxy.metrics.families()
            #expect(try Self.calls(families) == ["RPC shed UNAVAILABLE reports_failure": 1])
            #expect(try Self.values("centrifugo_proxy_calls_in_flight", families) == ["": 1])
            commands.gate.open()
            _ = try await connection.answer(to: held)
        }
    }

    @Test("keeps its counts after the server has ended")
    func ended() async throws {
        var metrics: ServerMetrics?
        try await TestServer.run(ProxyService(rpc: Commands()), configuration: .test()) { server async throws in
            metrics = server.proxy.metrics
            let connection = try await server.connect()
            _ = try await connection.answer(to: connection.start(.rpc, RPCRequest(method: "echo")))
        }
        let families = try #require(await metrics?.families())
        #expect(try Self.calls(families) == ["RPC accepted 0 none": 1])
        #expect(try Self.values("centrifugo_proxy_connections", families) == ["": 0])
    }

    @Test("tells when the certificates of its listeners end")
    func certificates() async throws {
        let certificates = try TestCertificates()
        let tls = try certificates.serverTLS()
        let configuration = ProxyServer.Configuration(
            listeners: [.tcp(host: "127.0.0.1", port: 0, tls: tls)],
            eventLoops: 1
        )
        try await TestServer.run(ProxyService(rpc: Commands()), configuration: configuration) { server async throws in
            let families = await server.proxy.metrics.families()
            let expiries = try Self.values("centrifugo_proxy_certificate_expiry_timestamp_seconds", families)
            #expect(expiries.count == 1 && expiries.values.allSatisfy { $0 > 1_700_000_000 })
        }
    }
}
