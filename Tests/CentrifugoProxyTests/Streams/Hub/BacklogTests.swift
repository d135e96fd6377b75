import CentrifugoProxy
import HTTP2FrameKit
import Metrics
import MetricsTestKit
import Synchronization
import Testing

/// What a channel has published before, and then its hub.
@Suite(.serialized, .timeLimit(.minutes(1))) struct BacklogTests {
    private struct Failure: Error {}

    private static func number(_ number: UInt64) -> Publication {
        Publication(data: .bytes(Array("\(number)".utf8)))
    }

    private static func publish(_ numbers: ClosedRange<UInt64>, with hub: ChannelHub) throws {
        for number in numbers { try hub.publish(Self.number(number), to: "news", position: number) }
    }

    /// What an application stores before it publishes.
    private final class Store: Sendable {
        private let last = Mutex(UInt64(0))

        var backlog: Backlog {
            let last = last.withLock { $0 }
            return Backlog((0..<last).map { BacklogTests.number($0 + 1) }, upTo: last)
        }

        /// Stores and publishes in one step, so that the hub has the order of the positions.
        func publish(with hub: ChannelHub) throws {
            try last.withLock { last in
                last += 1
                try hub.publish(BacklogTests.number(last), to: "news", position: last)
            }
        }
    }

    @Test("sends the backlog and then what it does not have, each once", arguments: ProxyServer.Executor.all)
    func order(executor: ProxyServer.Executor) async throws {
        let metrics = TestMetrics()
        let hub = withMetricsFactory(metrics) { ChannelHub(name: "ticker") }
        let gate = Gate()
        let subscribe: Subscriptions.Unidirectional = { _ in
            UnidirectionalSubscription(from: hub, channel: "news") {
                await gate.pass()
                return Backlog([Self.number(2), Self.number(3)], upTo: 3)
            }
        }
        try await TestServer.run(unidirectional: subscribe, configuration: .test(executor)) {
            _,
            connection async throws in
            let stream = connection.subscribe("news")
            _ = try await stream.reply()
            try Self.publish(1...5, with: hub)
            try hub.publish(Publication(data: "typing"), to: "news")
            #expect(await hub.subscriberCount(of: "news") == 1)
            let waiting = try metrics.expectMeter("centrifugo_proxy_hub_waiting", [("hub", "ticker")])
            #expect(waiting.lastValue == 6)
            gate.open()
            for text in ["2", "3", "4", "5", #""typing""#] { #expect(try await stream.text() == text) }
            #expect(waiting.lastValue == 0)
            // What is on its way for longer than the backlog took.
            try Self.publish(3...6, with: hub)
            for text in ["4", "5", "6"] { #expect(try await stream.text() == text) }
        }
    }

    @Test("has neither a gap nor a double while others publish", arguments: ProxyServer.Executor.all)
    func concurrent(executor: ProxyServer.Executor) async throws {
        let (publishers, each, readers) = (4, 50, 8)
        let total = publishers * each
        let store = Store()
        let isJoining = Gate()
        let hub = ChannelHub(waitingLimit: total)
        let subscribe: Subscriptions.Unidirectional = { _ in
            UnidirectionalSubscription(from: hub, channel: "news") { store.backlog }
        }
        try await TestServer.run(unidirectional: subscribe, configuration: .test(executor)) {
            _,
            connection async throws in
            let publishing = Task {
                try await withThrowingTaskGroup(of: Void.self) { group in
                    for _ in 0..<publishers {
                        group.addTask {
                            for number in 0..<each {
                                // The second half is published while others join.
                                if number == each / 2 { await isJoining.pass() }
                                try store.publish(with: hub)
                                await Task.yield()
                            }
                        }
                    }
                    try await group.waitForAll()
                }
            }
            var streams: [PeerStream] = []
            for number in 0..<readers {
                if number == 1 { isJoining.open() }
                let stream = connection.subscribe("news")
                _ = try await stream.reply()
                streams.append(stream)
            }
            try await publishing.value
            for stream in streams {
                for number in 1...total { #expect(try await stream.text() == "\(number)") }
            }
        }
    }

    @Test(
        "interrupts a client for which more arrives than can wait",
        arguments: [ChannelHub.SlowReaderPolicy.dropOldest, .interrupt]
    )
    func overflow(policy: ChannelHub.SlowReaderPolicy) async throws {
        let metrics = TestMetrics()
        let hub = withMetricsFactory(metrics) { ChannelHub(name: "ticker", slowReaders: policy, waitingLimit: 3) }
        let steps = Events<Step>()
        let subscribe: Subscriptions.Unidirectional = { _ in
            UnidirectionalSubscription(from: hub, channel: "news") {
                _ = await steps.untilCancelled()
                return Backlog([], upTo: 0)
            }
        }
        try await TestServer.run(unidirectional: subscribe) { _, connection async throws in
            let stream = connection.subscribe("news")
            _ = try await stream.reply()
            #expect(await steps.next() == .began())
            try Self.publish(1...4, with: hub)
            #expect(try await stream.texts() == [])
            #expect(stream.status == "14")
            #expect(await steps.next() == .cancelled())
            #expect(await hub.subscriberCount(of: "news") == 0)
            #expect(try metrics.expectMeter("centrifugo_proxy_hub_waiting", [("hub", "ticker")]).lastValue == 0)
            #expect(
                metrics.counterTotal(label: "centrifugo_proxy_hub_interrupted", dimensions: [("hub", "ticker")]) == 1
            )
            try await connection.stillServes()
        }
    }

    @Test("skips what the client cannot read, and counts it")
    func unreadable() async throws {
        let metrics = TestMetrics()
        let hub = withMetricsFactory(metrics) { ChannelHub(name: "ticker") }
        let subscribe: Subscriptions.Unidirectional = { _ in
            UnidirectionalSubscription(from: hub, channel: "news") {
                Backlog([Self.number(1), Publication(data: .bytes([0xFF])), Self.number(3)], upTo: 3)
            }
        }
        try await TestServer.run(unidirectional: subscribe) { _, connection async throws in
            let stream = connection.subscribe("news", protocol: "json", encoding: "json")
            _ = try await stream.reply()
            for text in ["1", "3"] { #expect(try await stream.text() == text) }
            try Self.publish(4...4, with: hub)
            #expect(try await stream.text() == "4")
            #expect(metrics.counterTotal(label: "centrifugo_proxy_hub_skipped", dimensions: [("hub", "ticker")]) == 1)
        }
    }

    @Test("interrupts a client whose backlog cannot be read")
    func failure() async throws {
        let hub = ChannelHub()
        let subscribe: Subscriptions.Unidirectional = { _ in
            UnidirectionalSubscription(from: hub, channel: "news") { throw Failure() }
        }
        try await TestServer.run(unidirectional: subscribe) { _, connection async throws in
            let stream = connection.subscribe("news")
            #expect(try await stream.reply().error == nil)
            #expect(try await stream.texts() == [])
            #expect(stream.status == "14")
            #expect(await hub.subscriberCount(of: "news") == 0)
        }
    }

    @Test("is cancelled when the client leaves, and releases what waits")
    func leaving() async throws {
        let metrics = TestMetrics()
        let hub = withMetricsFactory(metrics) { ChannelHub(name: "ticker") }
        let steps = Events<Step>()
        let subscribe: Subscriptions.Unidirectional = { _ in
            UnidirectionalSubscription(from: hub, channel: "news") {
                _ = await steps.untilCancelled()
                return Backlog([Self.number(1)], upTo: 1)
            }
        }
        try await TestServer.run(unidirectional: subscribe) { _, connection async throws in
            let stream = connection.subscribe("news")
            _ = try await stream.reply()
            #expect(await steps.next() == .began())
            try Self.publish(1...2, with: hub)
            #expect(await hub.subscriberCount(of: "news") == 1)
            stream.cancel()
            #expect(await steps.next() == .cancelled())
            #expect(await hub.subscriberCount(of: "news") == 0)
            #expect(try metrics.expectMeter("centrifugo_proxy_hub_waiting", [("hub", "ticker")]).lastValue == 0)
            try await connection.stillServes()
        }
    }
}
