import CentrifugoProxy
import HTTP2FrameKit
import Testing

/// Subscriptions whose first message does not arrive in time, and deadlines.
@Suite(.serialized, .timeLimit(.minutes(1))) struct SubscriptionTimeoutTests {
    private static func configuration(
        _ executor: ProxyServer.Executor = .eventLoop,
        timeout: Duration = .milliseconds(100)
    ) -> ProxyServer.Configuration {
        var configuration = ProxyServer.Configuration.test(executor)
        configuration.limits.firstMessageTimeout = timeout
        return configuration
    }

    /// Hostile input: handler-hangs.
    @Test("gives up when the handler hangs, and cancels it", arguments: ProxyServer.Executor.all)
    func hangs(executor: ProxyServer.Executor) async throws {
        let steps = Events<Step>()
        try await TestServer.run(
            unidirectional: { _ in
                _ = await steps.untilCancelled()
                return UnidirectionalSubscription { _ in
                    steps.tell(.threw("served all the same"))
                    return .finished
                }
            },
            configuration: Self.configuration(executor)
        ) { _, connection async throws in
            let stream = connection.subscribe()
            #expect(try await stream.end() == "4")
            #expect(stream.isTrailersOnly)
            #expect(await steps.next() == .began())
            #expect(await steps.next() == .cancelled())
            #expect(await steps.next() == .ended())
            let second = connection.subscribe()
            #expect(await steps.next() == .began())
            #expect(try await second.end() == "4")
            try await connection.stillServes()
        }
    }

    /// Hostile input: handler-hangs.
    @Test("gives up when the handler ignores its cancellation", arguments: ProxyServer.Executor.all)
    func ignores(executor: ProxyServer.Executor) async throws {
        let steps = Events<Step>()
        let gate = Gate()
        try await TestServer.run(
            bidirectional: { _ in
                await Task { await gate.pass() }.value
                steps.tell(.ended())
                return BidirectionalSubscription { _, _ in
                    steps.tell(.threw("served all the same"))
                    return .finished
                }
            },
            configuration: Self.configuration(executor)
        ) { _, connection async throws in
            let stream = connection.subscribeBoth()
            #expect(try await stream.end() == "4")
            gate.open()
            #expect(await steps.next() == .ended())
            try await connection.stillServes()
            try await connection.roundTrip()
            #expect(connection.receivedBytes(on: stream.id) == 0)
        }
    }

    @Test("gives up when the request does not arrive", arguments: [0, 3, 7])
    func noRequest(arrived: Int) async throws {
        try await TestServer.run(
            bidirectional: { _ in BidirectionalSubscription { _, _ in .finished } },
            configuration: Self.configuration()
        ) { _, connection async throws in
            let stream = connection.open(.subscribeBidirectional, nil)
            let request = StreamSubscribeRequest(subscribeRequest: SubscribeRequest(channel: "news"))
            let body = lengthPrefixed(request.wireBytes())
            connection.send(.data(stream.id, Array(body.prefix(arrived))))
            #expect(try await stream.end() == "4")
            connection.send(.data(stream.id, Array(body.dropFirst(arrived))))
            try await connection.stillServes()
        }
    }

    @Test("keeps a subscription that was answered in time")
    func inTime() async throws {
        let steps = Events<Step>()
        try await TestServer.run(
            unidirectional: { request in
                if request.channel == "hangs" { await Gate().pass() }
                return UnidirectionalSubscription { _ in await steps.untilCancelled() }
            },
            configuration: Self.configuration(timeout: .seconds(2))
        ) { _, connection async throws in
            let stream = connection.subscribe()
            _ = try await stream.reply()
            #expect(await steps.next() == .began())
            // Opened later: when its time is over, so is that of the first.
            #expect(try await connection.subscribe("hangs").end() == "4")
            #expect(connection.history.allSatisfy { $0.streamID != stream.id || !$0.endsStream })
            stream.cancel()
            #expect(await steps.next() == .cancelled())
        }
    }

    /// Hostile input: deadline-stream-open.
    @Test("ends with the deadline while the handler decides, and while it serves")
    func deadline() async throws {
        let steps = Events<Step>()
        try await TestServer.run(
            unidirectional: { request in
                if request.channel == "decides" { _ = await steps.untilCancelled("decides") }
                return UnidirectionalSubscription { _ in await steps.untilCancelled("serves") }
            }
        ) { _, connection async throws in
            for name in ["decides", "serves"] {
                let stream = connection.subscribe(name, changes: ["grpc-timeout": "1S"])
                #expect(try await stream.end() == "4")
                #expect(await steps.next() == .began(name))
                #expect(await steps.next() == .cancelled(name))
                #expect(await steps.next() == .ended(name))
            }
        }
    }
}
