import HTTP2FrameKit
import Logging
import ProxyMessages
import Testing

@testable import CentrifugoProxy

@Suite(.timeLimit(.minutes(1))) struct AccessLogTests {
    private static func line<Answer: EventAnswer>(
        _ event: ProxyEvent,
        _ request: some EventRequest,
        answers answer: Answer
    ) async throws -> Logger.Metadata {
        try await line(event, request) { answer }
    }

    private static func line(
        _ event: ProxyEvent,
        _ request: some EventRequest = RPCRequest(),
        throws error: any Error
    ) async throws -> Logger.Metadata {
        try await line(event, request) { () throws -> RPCResult in throw error }
    }

    /// The line of a call with this outcome.
    private static func line<Answer: EventAnswer>(
        _ event: ProxyEvent,
        _ request: some EventRequest,
        _ handler: @escaping @Sendable () throws -> Answer
    ) async throws -> Logger.Metadata {
        let log = LogRecorder()
        let context = CallContext(event: event)
        _ = try? await AccessLog(logger: log.logger).intercept(request, context: context) { _, _ in try handler() }
        #expect(log.lines(from: .trace).isEmpty, "before the end")
        for action in context.call.end(.answered) { await action(.answered) }
        let line = try #require(log.lines(from: .trace).first)
        #expect(log.lines(from: .trace).count == 1)
        #expect(line.level == .info && line.message == "call")
        return line.metadata
    }

    @Test("names the event, its parts, and how it ended")
    func parts() async throws {
        let request = RPCRequest(client: "c-1", user: "alice", method: "news:list", data: Array("secret".utf8))
        let line = try await Self.line(.rpc, request, answers: RPCResult(data: "secret"))
        #expect(line["event"] == "RPC" && line["method"] == "news:list" && line["user"] == "alice")
        #expect(line["client"] == "c-1" && line["outcome"] == "accepted")
        #expect(line["next"] == nil && line["channel"] == nil)
        let time = try #require(line["milliseconds"].map { "\($0)" })
        #expect(time.contains(try Regex(#"^\d+\.\d{3}$"#)))
        #expect(!"\(line)".contains("secret"))
    }

    @Test("names the user that a connect handler found")
    func connect() async throws {
        let line = try await Self.line(.connect, ConnectRequest(client: "c"), answers: ConnectResult(user: "bob"))
        #expect(line["user"] == "bob" && line["outcome"] == "accepted")
    }

    @Test("names the channel of channel events")
    func channel() async throws {
        let line = try await Self.line(.publish, PublishRequest(channel: "chat-1"), answers: PublishResult())
        #expect(line["channel"] == "chat-1" && line["method"] == nil && line["user"] == "")
    }

    private struct Failure: Error, CustomStringConvertible {
        var description: String { "hunter2" }
    }

    @Test("says what the client's SDK does next")
    func next() async throws {
        let rows: [(ProxyEvent, any Error, outcome: String, next: String)] = [
            (.connect, Disconnect.noHandler, "disconnected 4501", "will not reconnect"),
            (.connect, Disconnect.overloaded, "disconnected 4002", "reconnects"),
            (.connect, CentrifugoError.permissionDenied, "error 403", "will not reconnect"),
            (.connect, CentrifugoError.unavailable, "error 503", "reconnects"),
            (.connect, Failure(), "failed unknown", "reconnects"),
            (.subscribe, CentrifugoError.notFound, "error 404", "will not subscribe again"),
            (.subscribe, CentrifugoError.unavailable, "error 503", "subscribes again"),
            (.subscribe, GRPCStatus(.unavailable), "failed unavailable", "subscribes again"),
            (.subscribeUnidirectional, CentrifugoError.unavailable, "error 503", "will not subscribe again"),
            (.rpc, CentrifugoError.notFound, "error 404", "the application gets the error"),
            (.rpc, PayloadError(description: "hunter2"), "error 400", "the application gets the error"),
            (.rpc, CancellationError(), "failed cancelled", "the application gets error 100"),
            (.rpc, GRPCStatus.ok, "failed unknown", "the application gets error 100"),
            (.publish, Disconnect.forbidden, "disconnected 4502", "will not reconnect"),
            (.refresh, CentrifugoError.permissionDenied, "expired", "reconnects"),
            (.subRefresh, Disconnect.forbidden, "expired", "subscribes again"),
            (.refresh, Failure(), "failed unknown", "stays for a minute, then it is asked again"),
            (.notifyChannelState, Failure(), "failed unknown", "Centrifugo asks again"),
        ]
        for (event, error, outcome, next) in rows {
            let line = try await Self.line(event, throws: error)
            #expect(line["outcome"] == "\(outcome)" && line["next"] == "\(next)", "\(event) \(error)")
            #expect(!"\(line)".contains("hunter2"))
        }
        let expired = try await Self.line(.refresh, RefreshRequest(user: "u"), answers: RefreshResult.expired)
        #expect(expired["outcome"] == "expired" && expired["next"] == "reconnects")
    }

    @Test("keeps a client's text on one line, and short")
    func oneLine() async throws {
        let evil = "a\nlevel=critical\u{1B}[31m\u{2028}\u{202E}é"
        let line = try await Self.line(.rpc, RPCRequest(method: evil), answers: RPCResult())
        #expect(line["method"] == #"a\nlevel=critical\u{1B}[31m\u{2028}\u{202E}é"#)
        let long = try await Self.line(
            .rpc,
            RPCRequest(method: String(repeating: "m", count: 5_000)),
            answers: RPCResult()
        )
        #expect(long["method"].map { "\($0)".count } == 201)
    }

    @Test("is silent when its level is switched off, and for other events")
    func switchedOff() async throws {
        let log = LogRecorder()
        var quiet = log.logger
        quiet.logLevel = .warning
        let context = CallContext(event: .rpc)
        let answer = try await AccessLog(logger: quiet).intercept(RPCRequest(), context: context) { _, _ in
            RPCResult(data: "fine")
        }
        #expect(answer.data == "fine")
        #expect(context.call.end(.answered).isEmpty)
        #expect(AccessLog(logger: quiet, events: [.connect]).events == [.connect])
    }

    @Test("logs the outcome for the peer if it was not the handler's answer", arguments: ProxyServer.Executor.all)
    func deadline(executor: ProxyServer.Executor) async throws {
        let log = LogRecorder()
        let commands = Commands()
        let service = ProxyService(interceptors: [AccessLog(logger: log.logger)], rpc: commands)
        try await TestServer.run(service, configuration: .test(executor)) { server async throws in
            let connection = try await server.connect()
            let late = connection.start(.rpc, RPCRequest(method: "hold"), changes: ["grpc-timeout": "20m"])
            #expect(try await connection.answer(to: late).grpcStatus == "4")
            #expect(await log.next(from: .info)?.metadata["outcome"] == "failed deadlineExceeded")
            _ = await commands.events.next()
            let reset = connection.start(.rpc, RPCRequest(method: "linger", data: [0x31]))
            while await commands.events.next() != .began("1") {}
            connection.send(.resetStream(reset, .cancel))
            try await connection.roundTrip()
            commands.gate.open()
            #expect(await log.next(from: .info)?.metadata["outcome"] == "abandoned")
        }
    }

    @Test("has two lines for a stream that is accepted, and one for another", arguments: ProxyServer.Executor.all)
    func streams(executor: ProxyServer.Executor) async throws {
        let log = LogRecorder()
        let service = ProxyService(
            interceptors: [AccessLog(logger: log.logger)],
            subscribeUnidirectional: Subscriptions(unidirectional: { request in
                guard request.channel != "no" else { throw CentrifugoError.permissionDenied }
                return UnidirectionalSubscription { _ in
                    if request.channel == "held" { await Gate().pass() }
                    return request.channel == "finished" ? .finished : .interrupted
                }
            })
        )
        try await TestServer.run(service, configuration: .test(executor)) { server async throws in
            let connection = try await server.connect()
            let held = connection.subscribe("held")
            #expect(try await held.reply().error == nil)
            #expect(await log.next(from: .info)?.metadata["outcome"] == "accepted")
            held.cancel()
            #expect(await log.next(from: .info)?.metadata["outcome"] == "left")
            for (channel, outcome, next) in [
                ("finished", "finished", "unsubscribed for good"),
                ("other", "interrupted unavailable", "subscribes again"),
            ] {
                _ = try await connection.subscribe(channel).end()
                #expect(await log.next(from: .info)?.metadata["outcome"] == "accepted")
                let line = await log.next(from: .info)
                #expect(line?.metadata["outcome"] == "\(outcome)" && line?.metadata["next"] == "\(next)")
            }
            #expect(try await connection.subscribe("no").reply().error == .permissionDenied)
            let line = await log.next(from: .info)
            #expect(line?.metadata["outcome"] == "error 403" && line?.metadata["channel"] == "no")
        }
    }
}
