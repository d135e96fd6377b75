import CentrifugoProxy
import HTTP2FrameKit
import Testing

/// Many calls at once, on handlers that are suspended, shared, or both.
@Suite(.timeLimit(.minutes(1))) struct ConcurrencyTests {
    /// Two events on one actor, which counts what it does without a lock.
    private actor Shared: PublishHandler, SubscribeHandler {
        private(set) var count = 0

        func publish(_ request: PublishRequest, context: CallContext) async throws -> PublishResult {
            let before = count
            count = before + 1
            return PublishResult(tags: ["channel": request.channel])
        }

        func subscribe(_ request: SubscribeRequest, context: CallContext) async throws -> SubscribeResult {
            await Task.yield()
            let before = count
            count = before + 1
            return SubscribeResult(info: .text(request.channel))
        }
    }

    @Test("serves 200 calls after one whose handler is suspended", arguments: ProxyServer.Executor.all)
    func suspended(executor: ProxyServer.Executor) async throws {
        let commands = Commands()
        try await TestServer.run(ProxyService(rpc: commands), configuration: .test(executor)) { server in
            let connection = try await server.connect()
            let held = connection.start(.rpc, RPCRequest(method: "hold", data: [0x31]))
            let ids = (0..<200).map { number in
                connection.start(.rpc, RPCRequest(method: "echo", data: [UInt8]("\(number)".utf8)))
            }
            for (number, id) in ids.enumerated() {
                let response: RPCResponse = try await connection.answer(to: id).message()
                #expect(response.result?.data.text == "\(number)")
            }
            #expect(connection.history.allSatisfy { $0.streamID != held })
            commands.gate.open()
            let response: RPCResponse = try await connection.answer(to: held).message()
            #expect(response.result?.data.text == "1")
        }
    }

    @Test("suspends 200 calls at once, and answers each", arguments: ProxyServer.Executor.all)
    func allSuspended(executor: ProxyServer.Executor) async throws {
        let commands = Commands()
        try await TestServer.run(ProxyService(rpc: commands), configuration: .test(executor)) { server in
            let connection = try await server.connect()
            let ids = (0..<200).map { number in
                connection.start(.rpc, RPCRequest(method: "hold", data: [UInt8]("\(number)".utf8)))
            }
            for _ in ids { _ = await commands.events.next() }
            commands.gate.open()
            for (number, id) in ids.enumerated() {
                let response: RPCResponse = try await connection.answer(to: id).message()
                #expect(response.result?.data.text == "\(number)")
            }
        }
    }

    @Test("comes back from handlers that go to another actor", arguments: ProxyServer.Executor.all)
    func elsewhere(executor: ProxyServer.Executor) async throws {
        try await TestServer.run(ProxyService(rpc: Commands()), configuration: .test(executor)) { server in
            let connection = try await server.connect()
            let ids = (0..<200).map { number in
                connection.start(.rpc, RPCRequest(method: "elsewhere", data: [UInt8]("\(number)".utf8)))
            }
            for (number, id) in ids.enumerated() {
                let response: RPCResponse = try await connection.answer(to: id).message()
                #expect(response.result?.data.text == #""\#(String("\(number)".reversed()))""#)
            }
            try await connection.stillServes()
        }
    }

    @Test("answers each of many calls in its own way when they come together", arguments: ProxyServer.Executor.all)
    func mixed(executor: ProxyServer.Executor) async throws {
        let shared = Shared()
        let service = ProxyService(subscribe: shared, publish: shared, rpc: Commands())
        try await TestServer.run(service, configuration: .test(executor)) { server in
            let connection = try await server.connect()
            let methods = ["echo", "error", "fail", "elsewhere", "disconnect", "status", "not json", "echo"]
            var frames: [Frame] = []
            let ids = (0..<120).map { number in
                let id = connection.newStreamID()
                let request = RPCRequest(method: methods[number % methods.count], data: [UInt8]("\(number)".utf8))
                frames.append(.headers(id, RawConnection.head(ProxyEvent.rpc.path)))
                frames.append(.data(id, lengthPrefixed(request.wireBytes()), .endStream))
                return id
            }
            connection.send(frames)
            for (number, id) in ids.enumerated() {
                let answer = try await connection.answer(to: id)
                switch methods[number % methods.count] {
                case "fail": #expect(answer.grpcStatus == "2")
                case "status": #expect(answer.grpcStatus == "9")
                case "not json": #expect(answer.grpcStatus == "13")
                case "error": #expect(try answer.message(RPCResponse.self).error == .rateLimited)
                case "disconnect": #expect(try answer.message(RPCResponse.self).disconnect == .forbidden)
                case "echo": #expect(try answer.message(RPCResponse.self).result?.data.text == "\(number)")
                default:
                    let turned = String("\(number)".reversed())
                    #expect(try answer.message(RPCResponse.self).result?.data.text == "\"\(turned)\"")
                }
            }
            try await connection.stillServes()
        }
    }

    @Test("answers each connection right when loops share an actor", arguments: ProxyServer.Executor.all, [1, 2, 4])
    func sharedActor(executor: ProxyServer.Executor, eventLoops: Int) async throws {
        let shared = Shared()
        let service = ProxyService(subscribe: shared, publish: shared)
        try await TestServer.run(service, configuration: .test(executor, eventLoops: eventLoops)) { server in
            var connections: [RawConnection] = []
            for _ in 0..<12 { connections.append(try await server.connect()) }
            var calls: [(connection: RawConnection, id: UInt32, channel: String, isPublish: Bool)] = []
            for round in 0..<40 {
                for (number, connection) in connections.enumerated() {
                    let channel = "\(number)-\(round)"
                    let isPublish = (number + round).isMultiple(of: 2)
                    let id =
                        isPublish
                        ? connection.start(.publish, PublishRequest(channel: channel))
                        : connection.start(.subscribe, SubscribeRequest(channel: channel))
                    calls.append((connection, id, channel, isPublish))
                }
            }
            for call in calls {
                let answer = try await call.connection.answer(to: call.id)
                if call.isPublish {
                    #expect(try answer.message(PublishResponse.self).result?.tags["channel"] == call.channel)
                } else {
                    #expect(try answer.message(SubscribeResponse.self).result?.info.text == "\"\(call.channel)\"")
                }
            }
            #expect(await shared.count == 12 * 40)
        }
    }

    @Test("serves different actors of one service each", arguments: ProxyServer.Executor.all)
    func severalActors(executor: ProxyServer.Executor) async throws {
        let commands = Commands()
        let service = ProxyService(subscribe: Shared(), publish: Shared(), rpc: commands)
        try await TestServer.run(service, configuration: .test(executor, eventLoops: 2)) { server in
            let connection = try await server.connect()
            let held = connection.start(.rpc, RPCRequest(method: "hold", data: [0x31]))
            let published = try await connection.call(.publish, PublishRequest(channel: "c"), as: PublishResponse.self)
            #expect(published.result?.tags == ["channel": "c"])
            let subscribed: SubscribeResponse = try await connection.call(.subscribe, SubscribeRequest(channel: "c"))
            #expect(subscribed.result?.info.text == #""c""#)
            commands.gate.open()
            #expect(try await connection.answer(to: held).grpcStatus == "0")
        }
    }

    @Test("serves calls and notices resets while a stream's handler never suspends")
    func restless() async throws {
        let steps = Events<Step>()
        let restless: Subscriptions.Unidirectional = { _ in
            UnidirectionalSubscription { _ in
                steps.tell(.began())
                while !Task.isCancelled { await Task.yield() }
                steps.tell(.cancelled())
                return .finished
            }
        }
        try await TestServer.run(unidirectional: restless) { server, connection in
            let id = connection.start(.subscribeUnidirectional, SubscribeRequest(channel: "c"))
            #expect(await steps.next() == .began())
            try await connection.stillServes()
            try await server.connect().stillServes()
            connection.send(.resetStream(id, .cancel))
            #expect(await steps.next() == .cancelled())
        }
    }

    @Test("serves a connection of thousands of calls, one after the other")
    func oneAfterTheOther() async throws {
        try await TestServer.run(ProxyService(rpc: Commands()), configuration: .test()) { server in
            let connection = try await server.connect()
            for _ in 0..<2_000 { try await connection.stillServes() }
            #expect(try await connection.rpc("count").result?.data.text == "2001")
        }
    }
}
