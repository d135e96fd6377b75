import CentrifugoProxy
import HTTP2FrameKit
import Testing

/// Actions after a call.
@Suite(.timeLimit(.minutes(1))) struct WhenOverTests {
    /// A server whose calls report their end.
    private static func run(
        _ executor: ProxyServer.Executor,
        _ body: (TestServer, RawConnection, Commands, Events<String>) async throws -> Void
    ) async throws {
        let ends = Events<String>()
        let commands = Commands()
        let hook = { @Sendable (context: CallContext) in
            context.whenOver { ends.tell("\($0)") }
            context.whenOver { _ in ends.tell("last first") }
        }
        let service = ProxyService(
            interceptors: [
                .rpc { request, context, next in
                    hook(context)
                    return try await next(request, context)
                },
                .subscribeUnidirectional { request, context, next in
                    hook(context)
                    return try await next(request, context)
                },
            ],
            rpc: commands,
            subscribeUnidirectional: Subscriptions(unidirectional: { request in
                switch request.channel {
                case "refused": throw CentrifugoError.notFound
                case "finished": UnidirectionalSubscription { _ in .finished }
                case "interrupted": UnidirectionalSubscription { _ in .interrupted }
                default:
                    UnidirectionalSubscription { _ in
                        await Gate().pass()
                        ends.tell("task ended")
                        return .finished
                    }
                }
            })
        )
        try await TestServer.run(service, configuration: .test(executor)) { server async throws in
            try await body(server, server.connect(), commands, ends)
        }
    }

    private static func next(_ ends: Events<String>) async -> String? {
        #expect(await ends.next() == "last first")
        return await ends.next()
    }

    @Test("comes after the answer, in reverse order", arguments: ProxyServer.Executor.all)
    func answered(executor: ProxyServer.Executor) async throws {
        try await Self.run(executor) { _, connection, _, ends async throws in
            #expect(try await connection.rpc("error").error == .rateLimited)
            #expect(await Self.next(ends) == "answered")
            let answer = try await connection.answer(to: connection.start(.rpc, RPCRequest(method: "fail")))
            #expect(answer.grpcStatus == "2")
            #expect(await Self.next(ends) == "\(CallEnd.failed(GRPCStatus(.unknown, "the handler failed")))")
        }
    }

    @Test("waits for a handler whose call was cancelled", arguments: ProxyServer.Executor.all)
    func cancelled(executor: ProxyServer.Executor) async throws {
        try await Self.run(executor) { _, connection, commands, ends async throws in
            let reset = connection.start(.rpc, RPCRequest(method: "hold", data: [0x31]))
            #expect(await commands.events.next() == .began("1"))
            connection.send(.resetStream(reset, .cancel))
            #expect(await Self.next(ends) == "abandoned")
            #expect(await commands.events.next() == .cancelled("1"))

            let late = connection.start(.rpc, RPCRequest(method: "hold"), changes: ["grpc-timeout": "20m"])
            #expect(try await connection.answer(to: late).grpcStatus == "4")
            #expect(await Self.next(ends)?.contains("the deadline passed") == true)
            try await connection.stillServes()
        }
    }

    @Test("waits for the end of a stream and of its task", arguments: ProxyServer.Executor.all)
    func streams(executor: ProxyServer.Executor) async throws {
        try await Self.run(executor) { _, connection, _, ends async throws in
            #expect(try await connection.subscribe("refused").reply().error == .notFound)
            #expect(await Self.next(ends) == "answered")
            #expect(try await connection.subscribe("finished").end() == "0")
            #expect(await Self.next(ends) == "answered")
            #expect(try await connection.subscribe("interrupted").end() == "14")
            #expect(await Self.next(ends)?.contains("interrupted") == true)

            let held = connection.subscribe("held")
            #expect(try await held.reply().error == nil)
            held.cancel()
            #expect(await ends.next() == "task ended")
            #expect(await Self.next(ends) == "abandoned")
        }
    }

    @Test("holds the shutdown until it is done", arguments: ProxyServer.Executor.all)
    func shutdown(executor: ProxyServer.Executor) async throws {
        let began = Events<Void>()
        let gate = Gate()
        let done = Events<Bool>()
        let service = ProxyService(
            interceptors: [
                .rpc { request, context, next in
                    context.whenOver { _ in
                        began.tell(())
                        await gate.pass()
                        done.tell(Task.isCancelled)
                    }
                    return try await next(request, context)
                }
            ],
            rpc: Commands()
        )
        try await TestServer.run(service, configuration: .test(executor)) { server async throws in
            let connection = try await server.connect()
            _ = try await connection.rpc("echo")
            _ = await began.next()
            await server.shutDown()
            await connection.close()
            gate.open()
            #expect(await done.next() == false)
            await server.hasReturned()
        }
    }

    @Test("comes at once when the call is over already")
    func late() async throws {
        let contexts = Events<CallContext>()
        let service = ProxyService(
            interceptors: [
                .rpc { request, context, next in
                    context.whenOver { _ in contexts.tell(context) }
                    return try await next(request, context)
                }
            ],
            rpc: Commands()
        )
        try await TestServer.run(service) { server async throws in
            _ = try await server.connect().rpc("echo")
            let context = try #require(await contexts.next())
            let ends = Events<CallEnd>()
            context.whenOver { ends.tell($0) }
            #expect(await ends.next() == .answered)
        }
    }
}
