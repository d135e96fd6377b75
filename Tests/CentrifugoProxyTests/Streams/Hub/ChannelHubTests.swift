import CentrifugoProxy
import CentrifugoProxyTesting
import HTTP2FrameKit
import Metrics
import MetricsTestKit
import Testing

/// Publications for all streams of a channel.
@Suite(.serialized, .timeLimit(.minutes(1))) struct ChannelHubTests {
    /// Serves the hub's channels, each by its own name.
    private static func run(
        _ hub: ChannelHub,
        configuration: ProxyServer.Configuration = .test(),
        _ body: (TestServer, RawConnection) async throws -> Void
    ) async throws {
        try await TestServer.run(
            unidirectional: { UnidirectionalSubscription(from: hub, channel: $0.channel) },
            configuration: configuration,
            body
        )
    }

    private static func number(_ number: Int) -> Publication {
        Publication(data: .bytes(Array("\(number)".utf8)))
    }

    @Test("sends to every subscriber of the channel and to no other client", arguments: ProxyServer.Executor.all)
    func channels(executor: ProxyServer.Executor) async throws {
        let hub = ChannelHub()
        try await Self.run(hub, configuration: .test(executor)) { _, connection async throws in
            let news = (0..<5).map { _ in connection.subscribe("news") }
            let sport = (0..<3).map { _ in connection.subscribe("sport") }
            for stream in news + sport { _ = try await stream.reply() }
            #expect(await hub.subscriberCount(of: "news") == 5)
            #expect(await hub.subscriberCount(of: "sport") == 3)
            #expect(await hub.subscriberCount(of: "nothing") == 0)

            try hub.publish(Self.number(1), to: "news")
            try hub.publish(Self.number(2), to: "sport")
            try hub.publish(Self.number(3), to: "nothing")
            try hub.publish(Self.number(4), to: "news")
            try hub.publish(Self.number(5), to: "sport")
            for stream in news {
                #expect(try await stream.text() == "1")
                #expect(try await stream.text() == "4")
            }
            for stream in sport {
                #expect(try await stream.text() == "2")
                #expect(try await stream.text() == "5")
            }
        }
    }

    /// A publication, and what clients with JSON and those with binary encoding receive.
    private static let payloads: [(Payload, json: String, binary: String)] = [
        (.text("a \"b\""), #""a \"b\"""#, "a \"b\""),
        (.text("1"), #""1""#, "1"),
        (.bytes(Array("[1,2]".utf8)), "[1,2]", "[1,2]"),
        ("literal", #""literal""#, "literal"),
    ]

    @Test("encodes in each client's form", arguments: payloads.indices)
    func encodings(index: Int) async throws {
        let (payload, json, binary) = Self.payloads[index]
        let hub = ChannelHub()
        try await Self.run(hub) { _, connection async throws in
            let kinds = [
                ("", "json", json), ("", "binary", binary), ("json", "json", json), ("json", "binary", json),
                ("protobuf", "json", json), ("protobuf", "binary", binary), ("", "", json),
            ]
            let streams = kinds.map { connection.subscribe("news", protocol: $0.0, encoding: $0.1) }
            for stream in streams { _ = try await stream.reply() }
            try hub.publish(Publication(data: payload, tags: ["k": "v"]), to: "news")
            for (stream, (_, _, expected)) in zip(streams, kinds) {
                let publication = try #require(try await stream.next()?.publication)
                #expect(String(decoding: publication.data.bytes, as: UTF8.self) == expected)
                #expect(publication.tags == ["k": "v"])
            }
        }
    }

    @Test(
        "sends what is not JSON to clients with protobuf, skips the others, and counts",
        arguments: [[0x7B], [0xFF, 0]]
    )
    func notJSON(bytes: [UInt8]) async throws {
        let metrics = TestMetrics()
        let hub = withMetricsFactory(metrics) { ChannelHub() }
        let kinds = [("json", "json"), ("protobuf", "json"), ("json", "binary"), ("protobuf", "binary"), ("", "json")]
        try await Self.run(hub) { _, connection async throws in
            let streams = kinds.map { connection.subscribe("news", protocol: $0.0, encoding: $0.1) }
            for stream in streams { _ = try await stream.reply() }
            try hub.publish(Publication(data: .bytes(bytes)), to: "news")
            try hub.publish(Self.number(1), to: "news")
            for (stream, (kind, _)) in zip(streams, kinds) {
                if kind == "protobuf" { #expect(try await stream.next()?.publication?.data.bytes == bytes) }
                #expect(try await stream.text() == "1")
            }
        }
        let client = TestClient(
            subscribeUnidirectional: Subscriptions(unidirectional: { _ in
                UnidirectionalSubscription(from: hub, channel: "news")
            })
        )
        for (kind, encoding) in kinds {
            let stream = try await client.with {
                $0.protocol = kind
                $0.encoding = encoding
            }.subscribeUnidirectional(to: "news")
            try hub.publish(Publication(data: .bytes(bytes)), to: "news")
            try hub.publish(Self.number(1), to: "news")
            if kind == "protobuf" { #expect(await stream.next()?.data.bytes == bytes) }
            #expect(await stream.next()?.data == "1")
            stream.cancel()
            _ = await stream.end()
        }
        #expect(metrics.counterTotal(label: "centrifugo_proxy_hub_skipped") == 6)
        #expect(metrics.counterTotal(label: "centrifugo_proxy_hub_delivered") == 14)
    }

    @Test(
        "keeps the others when subscribers leave in any order",
        arguments: ProxyServer.Executor.all,
        [
            [0, 1, 2, 3], [3, 2, 1, 0], [1, 3, 0, 2], [2, 0, 3, 1], [0, 3, 1, 2],
        ]
    )
    func leaving(executor: ProxyServer.Executor, order: [Int]) async throws {
        let hub = ChannelHub()
        try await Self.run(hub, configuration: .test(executor)) { _, connection async throws in
            let streams = (0..<5).map { _ in connection.subscribe("news") }
            for stream in streams { _ = try await stream.reply() }
            var left: Set<Int> = []
            for (step, index) in order.enumerated() {
                streams[index].cancel()
                left.insert(index)
                try await connection.roundTrip()
                #expect(await hub.subscriberCount(of: "news") == 4 - step)
                try hub.publish(Self.number(step), to: "news")
                for (index, stream) in streams.enumerated() where !left.contains(index) {
                    #expect(try await stream.text() == "\(step)")
                }
            }
            streams[4].cancel()
            try await connection.roundTrip()
            #expect(await hub.subscriberCount(of: "news") == 0)
            // The channel works as before.
            let again = connection.subscribe("news")
            _ = try await again.reply()
            try hub.publish(Self.number(9), to: "news")
            #expect(try await again.text() == "9")
        }
    }

    @Test("forgets the subscribers of a lost connection")
    func lostConnection() async throws {
        let hub = ChannelHub()
        try await Self.run(hub) { server, connection async throws in
            let other = try await server.connect()
            let kept = other.subscribe("news")
            _ = try await kept.reply()
            let streams = (0..<50).map { _ in connection.subscribe("news") }
            for stream in streams { _ = try await stream.reply() }
            #expect(await hub.subscriberCount(of: "news") == 51)
            await connection.close()
            while await hub.subscriberCount(of: "news") > 1 { try await other.roundTrip() }
            try hub.publish(Self.number(1), to: "news")
            #expect(try await kept.text() == "1")
        }
    }

    @Test("serves connections on several event loops", arguments: ProxyServer.Executor.all)
    func loops(executor: ProxyServer.Executor) async throws {
        let hub = ChannelHub()
        try await Self.run(hub, configuration: .test(executor, eventLoops: 2)) { server, first async throws in
            var connections = [first]
            for _ in 0..<5 { connections.append(try await server.connect()) }
            let streams = connections.map { $0.subscribe("news") }
            for stream in streams { _ = try await stream.reply() }
            #expect(await hub.subscriberCount(of: "news") == 6)
            for number in 0..<200 { try hub.publish(Self.number(number), to: "news") }
            for stream in streams {
                for number in 0..<200 { #expect(try await stream.text() == "\(number)") }
            }
            for connection in connections.prefix(5) { await connection.close() }
            while await hub.subscriberCount(of: "news") > 1 { try await connections[5].roundTrip() }
            try hub.publish(Self.number(200), to: "news")
            #expect(try await streams[5].text() == "200")
        }
    }

    @Test("keeps the order of each task that publishes", arguments: ProxyServer.Executor.all)
    func tasks(executor: ProxyServer.Executor) async throws {
        let hub = ChannelHub()
        try await Self.run(hub, configuration: .test(executor, eventLoops: 2)) { server, first async throws in
            let second = try await server.connect()
            let streams = [first, second].map { $0.subscribe("news") }
            for stream in streams { _ = try await stream.reply() }
            try await withThrowingTaskGroup(of: Void.self) { group in
                for task in 0..<4 {
                    group.addTask {
                        for number in 0..<250 { try hub.publish(Self.number(task * 1_000 + number), to: "news") }
                    }
                }
                try await group.waitForAll()
            }
            for stream in streams {
                var seen = [0, 0, 0, 0]
                for _ in 0..<1_000 {
                    let number = try #require(Int(try await stream.text() ?? ""))
                    #expect(number % 1_000 == seen[number / 1_000])
                    seen[number / 1_000] += 1
                }
            }
        }
    }

    @Test("sends in addition to a handler's own task, and ends with it", arguments: ProxyServer.Executor.all)
    func both(executor: ProxyServer.Executor) async throws {
        let hub = ChannelHub()
        try await TestServer.run(
            bidirectional: { request in
                BidirectionalSubscription(from: hub, channel: request.channel) { publications, writer in
                    for await publication in publications {
                        if publication.data.text == "bye" { return .finished }
                        // To everybody, the sender too, and a word to the sender alone.
                        try hub.publish(publication, to: request.channel)
                        try await writer.write(Publication(data: .text("sent")))
                    }
                    return .interrupted
                }
            },
            configuration: .test(executor)
        ) { _, connection async throws in
            let sender = connection.subscribeBoth("chat", encoding: "binary")
            let other = connection.subscribeBoth("chat", encoding: "binary")
            for stream in [sender, other] { _ = try await stream.reply() }
            for number in 0..<10 {
                sender.publish(#""\#(number)""#)
                #expect(try await other.text() == #""\#(number)""#)
                let seen = [try await sender.text(), try await sender.text()]
                #expect(Set(seen) == ["sent", #""\#(number)""#])
            }
            sender.publish("bye")
            #expect(try await sender.end() == "0")
            #expect(await hub.subscriberCount(of: "chat") == 1)
        }
    }

    @Test("serves several servers at once, and continues when one has ended")
    func servers() async throws {
        let hub = ChannelHub()
        try await Self.run(hub) { _, first async throws in
            let kept = first.subscribe("news")
            _ = try await kept.reply()
            try await Self.run(hub) { _, second async throws in
                let stream = second.subscribe("news")
                _ = try await stream.reply()
                #expect(await hub.subscriberCount(of: "news") == 2)
                try hub.publish(Self.number(1), to: "news")
                #expect(try await stream.text() == "1")
            }
            #expect(await hub.subscriberCount(of: "news") == 1)
            try hub.publish(Self.number(2), to: "news")
            #expect(try await kept.text() == "1")
            #expect(try await kept.text() == "2")
        }
    }
}
