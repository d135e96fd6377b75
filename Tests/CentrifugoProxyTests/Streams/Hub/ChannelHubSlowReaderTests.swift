import CentrifugoProxy
import HTTP2FrameKit
import Metrics
import MetricsTestKit
import Testing

/// How a hub treats clients that read too slowly, and what it counts.
@Suite(.serialized, .timeLimit(.minutes(1))) struct ChannelHubSlowReaderTests {
    private static let limit = 4

    private static func makeHub(_ policy: ChannelHub.SlowReaderPolicy, _ metrics: TestMetrics) -> ChannelHub {
        withMetricsFactory(metrics) { ChannelHub(name: "ticker", slowReaders: policy, waitingLimit: limit) }
    }

    private static func run(
        _ hub: ChannelHub,
        executor: ProxyServer.Executor = .eventLoop,
        _ body: (TestServer, RawConnection) async throws -> Void
    ) async throws {
        var configuration = ProxyServer.Configuration.test(executor)
        configuration.limits.streamBufferSize = 100
        try await TestServer.run(
            unidirectional: { UnidirectionalSubscription(from: hub, channel: $0.channel) },
            configuration: configuration,
            body
        )
    }

    private static func publish(_ numbers: Range<Int>, with hub: ChannelHub) throws {
        for number in numbers { try hub.publish(Publication(data: .bytes(Array("\(number)".utf8))), to: "news") }
    }

    /// Waits until the loop has delivered earlier publications.
    private static func delivered(_ hub: ChannelHub) async -> Int {
        await hub.subscriberCount(of: "news")
    }

    private static func count(_ name: String, _ metrics: TestMetrics) -> Int64 {
        metrics.counterTotal(label: "centrifugo_proxy_hub_\(name)", dimensions: [("hub", "ticker")])
    }

    /// How many publications wait, once the loop has done what came before.
    private static func waiting(_ hub: ChannelHub, _ metrics: TestMetrics) async throws -> Double {
        _ = await delivered(hub)
        return try metrics.expectMeter("centrifugo_proxy_hub_waiting", [("hub", "ticker")]).lastValue ?? 0
    }

    @Test("drops the oldest that wait and keeps the newest, in their order", arguments: ProxyServer.Executor.all)
    func dropOldest(executor: ProxyServer.Executor) async throws {
        let metrics = TestMetrics()
        let hub = Self.makeHub(.dropOldest, metrics)
        try await Self.run(hub, executor: executor) { server, quick async throws in
            let slow = try await server.connect(window: 0)
            let streams = (slow: slow.subscribe("news"), quick: quick.subscribe("news"))
            _ = try await streams.quick.reply()
            try await streams.slow.opened()
            for number in 0..<50 {
                try Self.publish(number..<number + 1, with: hub)
                #expect(try await streams.quick.text() == "\(number)")
            }
            #expect(await Self.delivered(hub) == 2)
            #expect(try await Self.waiting(hub, metrics) == Double(Self.limit))

            slow.send(.windowUpdate(streams.slow.id, 100_000))
            _ = try await streams.slow.reply()
            let tail = (50 - Self.limit..<50).map(String.init)
            var seen: [String] = []
            while seen.last != tail.last { seen.append(try #require(try await streams.slow.text())) }
            // The stream's buffered ones, then the newest.
            let buffered = seen.count - Self.limit
            #expect(buffered > 0 && Array(seen.suffix(Self.limit)) == tail)
            #expect(seen.prefix(buffered).elementsEqual((0..<buffered).map(String.init)))
            #expect(Self.count("delivered", metrics) == 100)
            #expect(Self.count("dropped", metrics) == Int64(50 - seen.count))
            #expect(Self.count("interrupted", metrics) == 0)

            // It has caught up: nothing more is dropped.
            try Self.publish(50..<53, with: hub)
            for number in 50..<53 {
                #expect(try await streams.slow.text() == "\(number)")
                #expect(try await streams.quick.text() == "\(number)")
            }
            #expect(Self.count("dropped", metrics) == Int64(50 - seen.count))
            #expect(try await Self.waiting(hub, metrics) == 0)
        }
    }

    @Test("interrupts the stream that falls behind, and no other", arguments: ProxyServer.Executor.all)
    func interrupt(executor: ProxyServer.Executor) async throws {
        let metrics = TestMetrics()
        let hub = Self.makeHub(.interrupt, metrics)
        try await Self.run(hub, executor: executor) { server, quick async throws in
            let slow = try await server.connect(window: 0)
            let streams = (slow: slow.subscribe("news"), quick: quick.subscribe("news"))
            _ = try await streams.quick.reply()
            try await streams.slow.opened()
            for number in 0..<50 {
                try Self.publish(number..<number + 1, with: hub)
                #expect(try await streams.quick.text() == "\(number)")
            }
            #expect(await Self.delivered(hub) == 1)
            #expect(Self.count("interrupted", metrics) == 1)
            #expect(Self.count("dropped", metrics) == 0)
            #expect(try await Self.waiting(hub, metrics) == 0)
            let delivered = Self.count("delivered", metrics) - 50
            #expect(delivered > Self.limit && delivered < 50)

            slow.send(.windowUpdate(streams.slow.id, 100_000))
            _ = try await streams.slow.reply()
            var seen: [String] = []
            while let text = try await streams.slow.text() { seen.append(text) }
            #expect(!seen.isEmpty && seen == (0..<seen.count).map(String.init))
            #expect(streams.slow.status == "14")
            // It may subscribe again at once.
            let again = slow.subscribe("news")
            slow.send(.windowUpdate(again.id, 100_000))
            _ = try await again.reply()
            try Self.publish(50..<51, with: hub)
            #expect(try await again.text() == "50")
        }
    }

    @Test(
        "keeps a reader that is within the limit",
        arguments: [
            ChannelHub.SlowReaderPolicy.dropOldest, .interrupt,
        ]
    )
    func within(policy: ChannelHub.SlowReaderPolicy) async throws {
        let metrics = TestMetrics()
        let hub = Self.makeHub(policy, metrics)
        try await Self.run(hub) { server, _ async throws in
            let slow = try await server.connect(window: 0)
            let stream = slow.subscribe("news")
            try await stream.opened()
            // One too long for the buffer, then as many as may wait.
            try hub.publish(Publication(data: .text(String(repeating: "x", count: 200))), to: "news")
            try Self.publish(0..<Self.limit, with: hub)
            #expect(await Self.delivered(hub) == 1)
            #expect(Self.count("delivered", metrics) == Int64(Self.limit + 1))
            #expect(Self.count("dropped", metrics) + Self.count("interrupted", metrics) == 0)
            #expect(try await Self.waiting(hub, metrics) == Double(Self.limit))
            slow.send(.windowUpdate(stream.id, 100_000))
            _ = try await stream.reply()
            #expect(try await stream.text()?.count == 202)
            for number in 0..<Self.limit { #expect(try await stream.text() == "\(number)") }
            #expect(try await Self.waiting(hub, metrics) == 0)
        }
    }

    @Test("sends a handler's writes after the hub's earlier messages", arguments: ProxyServer.Executor.all)
    func order(executor: ProxyServer.Executor) async throws {
        let hub = Self.makeHub(.interrupt, TestMetrics())
        let steps = Events<Step>()
        var configuration = ProxyServer.Configuration.test(executor)
        configuration.limits.streamBufferSize = 100
        try await TestServer.run(
            bidirectional: { _ in
                BidirectionalSubscription(from: hub, channel: "news") { publications, writer in
                    for await publication in publications {
                        steps.tell(.read(publication.data.text))
                        try await writer.write(publication)
                    }
                    return .interrupted
                }
            },
            configuration: configuration
        ) { server, _ async throws in
            let connection = try await server.connect(window: 0)
            let stream = connection.subscribeBoth()
            try await stream.opened()
            let large = String(repeating: "0", count: 200)
            try hub.publish(Publication(data: .bytes(Array("[\"\(large)\"]".utf8))), to: "news")
            try Self.publish(1..<3, with: hub)
            #expect(await Self.delivered(hub) == 1)
            stream.publish("3")
            #expect(await steps.next() == .read("3"))
            connection.send(.windowUpdate(stream.id, 100_000))
            _ = try await stream.reply()
            #expect(try await stream.text()?.count == 204)
            for number in 1...3 { #expect(try await stream.text() == "\(number)") }
        }
    }

    @Test(
        "does not treat a burst as slow reading",
        arguments: [
            ChannelHub.SlowReaderPolicy.dropOldest, .interrupt,
        ]
    )
    func burst(policy: ChannelHub.SlowReaderPolicy) async throws {
        let metrics = TestMetrics()
        let hub = Self.makeHub(policy, metrics)
        try await Self.run(hub) { server, connection async throws in
            let streams = [connection, try await server.connect()].map { $0.subscribe("news") }
            for stream in streams { _ = try await stream.reply() }
            // All at once, from another thread, and more than may wait: both peers' windows are wide open.
            try Self.publish(0..<500, with: hub)
            for stream in streams {
                for number in 0..<500 { #expect(try await stream.text() == "\(number)") }
            }
            #expect(Self.count("delivered", metrics) == 1_000)
            #expect(Self.count("dropped", metrics) + Self.count("interrupted", metrics) == 0)
        }
    }

    @Test("counts by hub, and publications without subscribers not at all")
    func counts() async throws {
        let metrics = TestMetrics()
        let hub = Self.makeHub(.interrupt, metrics)
        try Self.publish(0..<10, with: hub)
        #expect(Self.count("delivered", metrics) == 0)
        try await Self.run(hub) { _, connection async throws in
            let streams = (0..<3).map { _ in connection.subscribe("news") }
            for stream in streams { _ = try await stream.reply() }
            try Self.publish(0..<4, with: hub)
            for stream in streams {
                for number in 0..<4 { #expect(try await stream.text() == "\(number)") }
            }
            #expect(Self.count("delivered", metrics) == 12)
        }
    }
}
