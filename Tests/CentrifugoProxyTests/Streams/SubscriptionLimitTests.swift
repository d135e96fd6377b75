import CentrifugoProxy
import HTTP2FrameKit
import Testing

/// Many subscriptions on one connection, and too many.
@Suite(.serialized, .timeLimit(.minutes(2))) struct SubscriptionLimitTests {
    /// Hostile input: too-many-streams.
    @Test("refuses streams beyond the configured number, until one has ended")
    func concurrentStreams() async throws {
        let steps = Events<Step>()
        var configuration = ProxyServer.Configuration.test()
        configuration.limits.maxConcurrentStreams = 5
        try await TestServer.run(
            unidirectional: { _ in UnidirectionalSubscription { _ in await steps.untilCancelled() } },
            configuration: configuration
        ) { _, connection async throws in
            let streams = (0..<5).map { _ in connection.subscribe() }
            for stream in streams { _ = try await stream.reply() }
            for _ in streams { #expect(await steps.next() == .began()) }
            for _ in 0..<3 {
                let refused = connection.subscribe()
                #expect(try await refused.next() == nil)
                #expect(refused.reset == .refusedStream && refused.headers.isEmpty)
            }
            streams[2].cancel()
            #expect(await steps.next() == .cancelled())
            #expect(await steps.next() == .ended())
            _ = try await connection.subscribe().reply()
            #expect(await steps.next() == .began())
        }
    }

    @Test(
        "refuses streams while too many handlers decide about streams that are gone",
        arguments: ProxyServer.Executor.all
    )
    func abandoned(executor: ProxyServer.Executor) async throws {
        let steps = Events<Step>()
        let gate = Gate()
        var configuration = ProxyServer.Configuration.test(executor)
        configuration.limits.maxAbandonedCalls = 3
        try await TestServer.run(
            unidirectional: { _ in
                steps.tell(.began())
                await Task { await gate.pass() }.value
                return UnidirectionalSubscription { _ in .finished }
            },
            configuration: configuration
        ) { _, connection async throws in
            for _ in 0..<3 {
                let stream = connection.subscribe()
                #expect(await steps.next() == .began())
                stream.cancel()
            }
            let refused = connection.subscribe()
            #expect(try await refused.next() == nil)
            #expect(refused.reset == .refusedStream)
            gate.open()
            // The handlers' ends may still be on their way to the loop.
            while true {
                let stream = connection.subscribe()
                if try await stream.end() == "0" { break }
                #expect(stream.reset == .refusedStream)
            }
            try await connection.stillServes()
        }
    }

    /// Hostile input: old-stream-resets.
    @Test("tolerates 2,000 resets of old streams", arguments: ProxyServer.Executor.all)
    func oldResets(executor: ProxyServer.Executor) async throws {
        let steps = Events<Step>()
        let hub = ChannelHub()
        try await TestServer.run(
            unidirectional: { request in
                if request.channel == "hub" { return UnidirectionalSubscription(from: hub, channel: "news") }
                return UnidirectionalSubscription { _ in await steps.untilCancelled() }
            },
            configuration: .test(executor)
        ) { _, connection async throws in
            let streams = (0..<2_000).map { connection.subscribe($0 % 2 == 0 ? "hub" : "task") }
            for stream in streams { _ = try await stream.reply() }
            for _ in 0..<1_000 { #expect(await steps.next() == .began()) }
            let kept = connection.subscribe("hub")
            _ = try await kept.reply()
            // A deadline that passes makes sure that the streams are no longer young.
            #expect(try await connection.subscribe("hub", changes: ["grpc-timeout": "50m"]).end() == "4")

            connection.send(streams.map { .resetStream($0.id, .cancel) })
            for _ in 0..<1_000 {
                #expect(await steps.next() != nil)
                #expect(await steps.next() != nil)
            }
            try await connection.stillServes()
            #expect(await hub.subscriberCount(of: "news") == 1)
            try hub.publish(Publication(data: .bytes([0x31])), to: "news")
            #expect(try await kept.text() == "1")
        }
    }

    /// Hostile input: rapid-reset.
    @Test("ends a connection that opens and resets streams in a row", arguments: ProxyServer.Executor.all)
    func quickResets(executor: ProxyServer.Executor) async throws {
        let steps = Events<Step>()
        try await TestServer.run(
            bidirectional: { _ in BidirectionalSubscription { _, _ in await steps.untilCancelled() } },
            configuration: .test(executor)
        ) { server, connection async throws in
            let request = StreamSubscribeRequest(subscribeRequest: SubscribeRequest(channel: "news"))
            let body = lengthPrefixed(request.wireBytes())
            let head = RawConnection.head(ProxyEvent.subscribeBidirectional.path)
            var frames: [Frame] = []
            for _ in 0..<5_000 {
                let id = connection.newStreamID()
                frames += [.headers(id, head), .data(id, body), .resetStream(id, .cancel)]
            }
            connection.send(frames)
            let rest = try await connection.rest()
            guard case .goAway(_, .enhanceYourCalm)? = rest.last(where: { $0.streamID == 0 }) else {
                Issue.record("\(rest.suffix(3))")
                return
            }
            let other = try await server.connect()
            let stream = other.subscribeBoth()
            _ = try await stream.reply()
            try await other.stillServes()
        }
    }

    @Test("serves 1,000 streams on one connection, each its own", arguments: ProxyServer.Executor.all)
    func many(executor: ProxyServer.Executor) async throws {
        let gate = Gate()
        try await TestServer.run(
            unidirectional: { request in
                UnidirectionalSubscription { writer in
                    await gate.pass()
                    try await writer.write(Publication(data: .text(request.channel)))
                    return .finished
                }
            },
            configuration: .test(executor)
        ) { _, connection async throws in
            let streams = (0..<1_000).map { connection.subscribe("\($0)", encoding: "binary") }
            for stream in streams { _ = try await stream.reply() }
            gate.open()
            for (number, stream) in streams.enumerated() {
                #expect(try await stream.texts() == ["\(number)"])
                #expect(stream.status == "0")
            }
        }
    }
}
