import CentrifugoProxy
import HTTP2FrameKit
import Testing

/// Subscriptions when a server shuts down, and when a connection reaches its age.
@Suite(.serialized, .timeLimit(.minutes(1))) struct SubscriptionShutdownTests {
    private static func configuration(
        _ executor: ProxyServer.Executor,
        window: Duration,
        grace: Duration = .seconds(3_600)
    ) -> ProxyServer.Configuration {
        var configuration = ProxyServer.Configuration.test(executor)
        configuration.limits.streamDrainWindow = window
        configuration.limits.gracePeriod = grace
        return configuration
    }

    @Test("interrupts all streams within the window, after GOAWAY", arguments: ProxyServer.Executor.all)
    func drain(executor: ProxyServer.Executor) async throws {
        let steps = Events<Step>()
        let hub = ChannelHub()
        try await TestServer.run(
            unidirectional: { request in
                if request.channel == "hub" { return UnidirectionalSubscription(from: hub, channel: "news") }
                return UnidirectionalSubscription { _ in await steps.untilCancelled(request.channel) }
            },
            configuration: Self.configuration(executor, window: .milliseconds(200))
        ) { server, connection async throws in
            let streams = (0..<100).map { connection.subscribe($0 % 2 == 0 ? "hub" : "\($0)") }
            for stream in streams { _ = try await stream.reply() }
            for _ in 0..<50 { _ = await steps.next() }
            await server.shutDown()
            #expect(try await connection.goAway() == .goAway(last: 0x7FFF_FFFF, .noError))
            for stream in streams { #expect(try await stream.end() == "14") }
            // The first GOAWAY came before the first end.
            let notice = try #require(connection.history.firstIndex { if case .goAway = $0 { true } else { false } })
            let end = try #require(connection.history.firstIndex { $0.streamID > 0 && $0.endsStream })
            #expect(notice < end)
            var cancelled: Set<String> = []
            for _ in 0..<100 {
                if case .cancelled(let name)? = await steps.next() { cancelled.insert(name) }
            }
            #expect(cancelled.count == 50)
            try await connection.answerPing()
            #expect(try await connection.rest().allSatisfy { $0.streamID == 0 })
        }
        #expect(await hub.subscriberCount(of: "news") == 0)
    }

    @Test("spreads the ends over the window")
    func spread() async throws {
        let hub = ChannelHub()
        try await TestServer.run(
            unidirectional: { _ in UnidirectionalSubscription(from: hub, channel: "news") },
            configuration: Self.configuration(.eventLoop, window: .milliseconds(300))
        ) { server, connection async throws in
            let streams = (0..<300).map { _ in connection.subscribe() }
            for stream in streams { _ = try await stream.reply() }
            await server.shutDown()
            try await connection.answerPing()
            var ends: [UInt32] = []
            while ends.count < streams.count {
                let frame = try await connection.expect { $0.streamID > 0 && $0.endsStream }
                ends.append(frame.streamID)
            }
            // At random moments, so not in the order of their opening.
            #expect(ends != ends.sorted())
            #expect(Set(ends) == Set(streams.map(\.id)))
        }
    }

    @Test("lets a unary call that outlives the streams finish", arguments: ProxyServer.Executor.all)
    func unary(executor: ProxyServer.Executor) async throws {
        let commands = Commands()
        let service = ProxyService(
            rpc: commands,
            subscribeUnidirectional: Subscriptions(unidirectional: { _ in
                UnidirectionalSubscription(from: ChannelHub(), channel: "news")
            })
        )
        let configuration = Self.configuration(executor, window: .milliseconds(20))
        try await TestServer.run(service, configuration: configuration) { server async throws in
            let connection = try await server.connect()
            let call = connection.start(.rpc, RPCRequest(method: "hold", data: [0x31]))
            #expect(await commands.events.next() == .began("1"))
            let stream = connection.subscribe()
            _ = try await stream.reply()
            await server.shutDown()
            #expect(try await stream.end() == "14")
            try await connection.answerPing()
            commands.gate.open()
            let response: RPCResponse = try await connection.answer(to: call).message()
            #expect(response.result?.data.text == "1")
            #expect(try await connection.rest().allSatisfy { $0.streamID == 0 })
        }
    }

    @Test("answers and then interrupts streams that are opened while it drains", arguments: ProxyServer.Executor.all)
    func opened(executor: ProxyServer.Executor) async throws {
        let gate = Gate()
        let steps = Events<Step>()
        try await TestServer.run(
            unidirectional: { request in
                if request.channel == "slow" {
                    steps.tell(.began())
                    await gate.pass()
                }
                return UnidirectionalSubscription(from: ChannelHub(), channel: "news")
            },
            configuration: Self.configuration(executor, window: .milliseconds(20))
        ) { server, connection async throws in
            let early = connection.subscribe("slow")
            #expect(await steps.next() == .began())
            await server.shutDown()
            _ = try await connection.goAway()
            let late = connection.subscribe("late")
            _ = try await late.reply()
            #expect(try await late.end() == "14")
            gate.open()
            _ = try await early.reply()
            #expect(try await early.end() == "14")
            try await connection.answerPing()
            #expect(try await connection.rest().allSatisfy { $0.streamID == 0 })
        }
    }

    @Test(
        "interrupts the remaining streams at the end of the grace period",
        arguments: ProxyServer.Executor.all
    )
    func graceOver(executor: ProxyServer.Executor) async throws {
        let steps = Events<Step>()
        let gate = Gate()
        try await TestServer.run(
            bidirectional: { request in
                if request.channel == "decides" {
                    steps.tell(.began())
                    await gate.pass()
                }
                return BidirectionalSubscription { _, writer in
                    try await writer.write(Publication(data: .bytes([0x31])))
                    return await steps.untilCancelled()
                }
            },
            configuration: Self.configuration(executor, window: .seconds(3_600), grace: .milliseconds(50))
        ) { server, connection async throws in
            let streams = (0..<20).map { _ in connection.subscribeBoth("serves") }
            for stream in streams {
                _ = try await stream.reply()
                #expect(try await stream.text() == "1")
            }
            for _ in streams { #expect(await steps.next() == .began()) }
            let deciding = connection.subscribeBoth("decides")
            #expect(await steps.next() == .began())
            await server.shutDown()
            for stream in streams {
                #expect(try await stream.texts().isEmpty)
                #expect(stream.status == "14")
            }
            #expect(try await deciding.end() == "14")
            for _ in 0..<40 {
                let step = await steps.next()
                #expect(step == .cancelled() || step == .ended())
            }
        }
    }

    @Test(
        "ends a connection at its age, its streams interrupted, and takes a new one",
        arguments: ProxyServer.Executor.all
    )
    func age(executor: ProxyServer.Executor) async throws {
        let steps = Events<Step>()
        var configuration = Self.configuration(executor, window: .milliseconds(20))
        configuration.limits.maxConnectionAge = .milliseconds(200)
        try await TestServer.run(
            bidirectional: { _ in BidirectionalSubscription { _, _ in await steps.untilCancelled() } },
            configuration: configuration
        ) { server, first async throws in
            for round in 0..<2 {
                let connection = round == 0 ? first : try await server.connect()
                let stream = connection.subscribeBoth()
                _ = try await stream.reply()
                #expect(await steps.next() == .began())
                #expect(try await connection.goAway() == .goAway(last: 0x7FFF_FFFF, .noError))
                try await connection.answerPing()
                #expect(try await stream.end() == "14")
                #expect(await steps.next() == .cancelled())
                #expect(await steps.next() == .ended())
                let rest = try await connection.rest()
                #expect(rest.contains(.goAway(last: stream.id, .noError)))
            }
            try await (try await server.connect()).stillServes()
        }
    }

    @Test("fails the operations of a task that outlives its server", arguments: ProxyServer.Executor.all)
    func outlived(executor: ProxyServer.Executor) async throws {
        let steps = Events<Step>()
        let gate = Gate()
        try await TestServer.run(
            bidirectional: { _ in
                BidirectionalSubscription { publications, writer in
                    steps.tell(.began())
                    await Task { await gate.pass() }.value
                    var iterator = publications.makeAsyncIterator()
                    steps.tell(.read(await iterator.next()?.data.text))
                    do {
                        try await writer.write(Publication(data: .bytes([0x31])))
                    } catch {
                        steps.tell(.threw("\(type(of: error))"))
                    }
                    return .finished
                }
            },
            configuration: Self.configuration(executor, window: .zero, grace: .milliseconds(50))
        ) { server, connection async throws in
            _ = connection.subscribeBoth()
            #expect(await steps.next() == .began())
            await server.shutDown()
            await connection.close()
            await server.hasReturned()
        }
        gate.open()
        #expect(await steps.next() == .read(nil))
        #expect(await steps.next() == .threw("CancellationError"))
    }
}
