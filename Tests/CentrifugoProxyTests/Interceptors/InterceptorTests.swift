import CentrifugoProxy
import HTTP2FrameKit
import Logging
import Testing

/// The effect of interceptors on the calls of a running server.
@Suite(.timeLimit(.minutes(1))) struct InterceptorTests {
    /// Reports the beginning and the end of each call.
    private struct Marker: Interceptor {
        let name: String
        let steps: Events<String>

        nonisolated(nonsending) func intercept<Request: EventRequest, Answer: EventAnswer>(
            _ request: Request,
            context: CallContext,
            next: NextHandler<Request, Answer>
        ) async throws -> Answer {
            steps.tell("\(name) takes \(context.event.methodName) \(request.target ?? "-")")
            defer { steps.tell("\(name) is done") }
            return try await next(request, context)
        }
    }

    private static let refusing = Subscriptions()

    @Test("wraps each event, the first one outermost", arguments: ProxyServer.Executor.all)
    func order(executor: ProxyServer.Executor) async throws {
        let steps = Events<String>()
        let service = ProxyService(
            interceptors: [Marker(name: "outer", steps: steps), Marker(name: "inner", steps: steps)],
            rpc: Commands(),
            subscribeUnidirectional: Self.refusing,
            subscribeBidirectional: Self.refusing
        )
        try await TestServer.run(service, configuration: .test(executor)) { server async throws in
            let connection = try await server.connect()
            _ = try await connection.rpc("echo")
            for step in ["outer takes RPC echo", "inner takes RPC echo", "inner is done", "outer is done"] {
                #expect(await steps.next() == step)
            }
            for (isBoth, event) in [(false, "SubscribeUnidirectional a"), (true, "SubscribeBidirectional b")] {
                // One after the other: handlers on the global executor may be asked in any order.
                let stream = isBoth ? connection.subscribeBoth("b") : connection.subscribe("a")
                #expect(try await stream.reply().error == .notFound)
                for step in ["outer takes \(event)", "inner takes \(event)", "inner is done", "outer is done"] {
                    #expect(await steps.next() == step)
                }
            }
        }
    }

    private enum Tenant: CallAttribute { typealias Value = String }

    /// Answers with what its context has, and then with its payload.
    private actor Attributes: RPCHandler {
        func rpc(_ request: RPCRequest, context: CallContext) async throws -> RPCResult {
            let current = CallContext.current?[Tenant.self] ?? "none"
            return RPCResult(data: .text("\(context[Tenant.self] ?? "none") \(current) \(request.method)"))
        }
    }

    @Test("changes the request, the context and the answer", arguments: ProxyServer.Executor.all)
    func changes(executor: ProxyServer.Executor) async throws {
        let service = ProxyService(
            interceptors: [
                .rpc { request, context, next in
                    var (request, context) = (request, context)
                    request.method += "!"
                    context[Tenant.self] = "blue"
                    var result = try await next(request, context)
                    result.data = .text((result.data.text ?? "") + "?")
                    return result
                },
                CurrentContext(),
            ],
            rpc: Attributes()
        )
        try await TestServer.run(service, configuration: .test(executor)) { server async throws in
            let connection = try await server.connect()
            let reply = try await connection.rpc("hello")
            #expect(reply.result?.data.text == #""blue blue hello!?""#)
        }
    }

    @Test("has no current context without its interceptor")
    func noCurrentContext() async throws {
        try await TestServer.run(ProxyService(rpc: Attributes())) { server async throws in
            let reply = try await server.connect().rpc("hello")
            #expect(reply.result?.data.text == #""none none hello""#)
        }
    }

    @Test("answers, refuses and repeats calls independently of the handler", arguments: ProxyServer.Executor.all)
    func instead(executor: ProxyServer.Executor) async throws {
        let commands = Commands()
        let service = ProxyService(
            interceptors: [
                .rpc { request, context, next in
                    switch request.method {
                    case "cached": return RPCResult(data: .text("kept"))
                    case "banned": throw Disconnect.forbidden
                    case "twice":
                        var request = request
                        request.method = "count"
                        _ = try await next(request, context)
                        return try await next(request, context)
                    default:
                        do { return try await next(request, context) } catch let error as CentrifugoError
                            where error == .notFound
                        {
                            throw CentrifugoError.permissionDenied
                        }
                    }
                }
            ],
            rpc: commands
        )
        try await TestServer.run(service, configuration: .test(executor)) { server async throws in
            let connection = try await server.connect()
            #expect(try await connection.rpc("cached").result?.data.text == #""kept""#)
            #expect(try await connection.rpc("banned").disconnect == .forbidden)
            #expect(await commands.calls == 0)
            #expect(try await connection.rpc("twice").result?.data.text == "2")
            #expect(try await connection.rpc("nothing of that name").error == .permissionDenied)
            try await connection.stillServes()
        }
    }

    @Test("changes the first message of a stream")
    func streams() async throws {
        let service = ProxyService(
            interceptors: [
                .subscribeUnidirectional { request, context, next in
                    var subscription = try await next(request, context)
                    subscription.result.data = .text("one way")
                    return subscription
                },
                .subscribeBidirectional { request, context, next in
                    var subscription = try await next(request, context)
                    subscription.result.data = .text("both ways")
                    return subscription
                },
            ],
            subscribeUnidirectional: Subscriptions(unidirectional: { _ in
                UnidirectionalSubscription { _ in .finished }
            }),
            subscribeBidirectional: Subscriptions(bidirectional: { _ in
                BidirectionalSubscription { _, _ in .finished }
            })
        )
        try await TestServer.run(service) { server async throws in
            let connection = try await server.connect()
            #expect(try await connection.subscribe().reply().result?.data.text == #""one way""#)
            #expect(try await connection.subscribeBoth().reply().result?.data.text == #""both ways""#)
        }
    }

    @Test("keeps the handler's errors from the peer when it throws its own")
    func failing() async throws {
        let service = ProxyService(
            interceptors: [.rpc { _, _, _ in throw Commands.DatabaseError() }],
            rpc: Commands()
        )
        try await TestServer.run(service) { server async throws in
            let connection = try await server.connect()
            let answer = try await connection.answer(to: connection.start(.rpc, RPCRequest(method: "echo")))
            #expect(answer.grpcStatus == "2")
            #expect(answer.grpcMessage == "the handler failed")
            #expect(server.log.lines(from: .error).count == 1)
        }
    }
}
