import HTTP2FrameKit
import Logging
import ProxyMessages
import Testing

@testable import CentrifugoProxy

@Suite(.timeLimit(.minutes(1))) struct AccessLogTests {
    /// The lines that calls of `service` have in the access log; `calls` makes them, and waits for their lines.
    private static func logging(
        _ service: ProxyService,
        _ executor: ProxyServer.Executor = .eventLoop,
        _ change: (inout AccessLog) -> Void = { _ in },
        _ calls: (RawConnection, LogRecorder) async throws -> Void
    ) async throws {
        let log = LogRecorder()
        var configuration = ProxyServer.Configuration.test(executor)
        var access = AccessLog(logger: log.logger)
        change(&access)
        configuration.accessLog = access
        try await TestServer.run(service, configuration: configuration) { server async throws in
            try await calls(try await server.connect(), log)
        }
    }

    private actor Users: ConnectHandler, PublishHandler {
        func connect(_ request: ConnectRequest, context: CallContext) -> ConnectResult { ConnectResult(user: "bob") }

        func publish(_ request: PublishRequest, context: CallContext) throws -> PublishResult {
            guard request.channel == "chat-1" else { throw CentrifugoError.permissionDenied }
            return PublishResult()
        }
    }

    @Test("names the event, its parts, and how it ended", arguments: ProxyServer.Executor.all)
    func parts(executor: ProxyServer.Executor) async throws {
        try await Self.logging(ProxyService(rpc: Commands()), executor) { connection, log async throws in
            let data = Array(#""secret""#.utf8)
            _ = try await connection.answer(
                to: connection.start(.rpc, RPCRequest(client: "c-1", user: "alice", method: "echo", data: data))
            )
            let line = try #require(await log.next(from: .info))
            #expect(line.level == .info && line.message == "call")
            let metadata = line.metadata
            #expect(metadata["event"] == "RPC" && metadata["method"] == "echo" && metadata["user"] == "alice")
            #expect(metadata["client"] == "c-1" && metadata["verdict"] == "accepted")
            #expect(metadata["next"] == nil && metadata["channel"] == nil && metadata["code"] == nil)
            let time = try #require(metadata["milliseconds"].map { "\($0)" })
            #expect(time.contains(try Regex(#"^\d+\.\d{3}$"#)))
            #expect(!"\(metadata)".contains("secret"))
        }
    }

    @Test("names the user that a connect handler found, and the channel of channel events")
    func connect() async throws {
        let users = Users()
        try await Self.logging(ProxyService(connect: users, publish: users)) { connection, log async throws in
            _ = try await connection.answer(to: connection.start(.connect, ConnectRequest(client: "c")))
            let connected = try #require(await log.next(from: .info)).metadata
            #expect(connected["user"] == "bob" && connected["verdict"] == "accepted")
            _ = try await connection.answer(to: connection.start(.publish, PublishRequest(channel: "chat-1")))
            let published = try #require(await log.next(from: .info)).metadata
            #expect(published["channel"] == "chat-1" && published["method"] == nil && published["user"] == "")
        }
    }

    @Test("has a line for calls that no handler gets")
    func unhandled() async throws {
        try await Self.logging(ProxyService()) { connection, log async throws in
            _ = try await connection.answer(to: connection.start(.connect, ConnectRequest(client: "c")))
            let line = try #require(await log.next(from: .info)).metadata
            #expect(line["verdict"] == "disconnected" && line["code"] == "4501" && line["next"] == "stays_closed")
            #expect(line["reason"] == "no-rule")
        }
    }

    @Test("keeps a client's text on one line, and short")
    func oneLine() async throws {
        let evil = "a\nlevel=critical\u{1B}[31m\u{2028}\u{202E}é"
        try await Self.logging(ProxyService(rpc: Commands())) { connection, log async throws in
            _ = try await connection.answer(to: connection.start(.rpc, RPCRequest(method: evil)))
            let line = try #require(await log.next(from: .info)).metadata
            #expect(line["method"] == #"a\nlevel=critical\u{1B}[31m\u{2028}\u{202E}é"#)
            let long = String(repeating: "m", count: 5_000)
            _ = try await connection.answer(to: connection.start(.rpc, RPCRequest(method: long)))
            let cut = try #require(await log.next(from: .info)).metadata
            #expect(cut["method"].map { "\($0)".count } == 201)
        }
    }

    @Test("logs the kinds of calls that are always wanted, whatever its sample, and only its events")
    func sampled() async throws {
        let users = Users()
        let change: (inout AccessLog) -> Void = {
            $0.sample = 0
            $0.always = [.refused]
            $0.events = [.publish]
        }
        try await Self.logging(ProxyService(connect: users, publish: users), .eventLoop, change) {
            connection,
            log async throws in
            _ = try await connection.answer(to: connection.start(.connect, ConnectRequest(client: "c")))
            _ = try await connection.answer(to: connection.start(.publish, PublishRequest(channel: "chat-1")))
            _ = try await connection.answer(to: connection.start(.publish, PublishRequest(channel: "no")))
            #expect(await log.next(from: .info)?.metadata["channel"] == "no")
        }
    }

    @Test("logs slow calls in addition to its sample", arguments: ProxyServer.Executor.all)
    func slow(executor: ProxyServer.Executor) async throws {
        let change: (inout AccessLog) -> Void = {
            $0.sample = 0
            $0.slow = .milliseconds(10)
        }
        try await Self.logging(ProxyService(rpc: Commands()), executor, change) { connection, log async throws in
            // A machine may be slow as well, so the fast call is only known not to be the first line's.
            let held = connection.start(.rpc, RPCRequest(method: "hold"), changes: ["grpc-timeout": "20m"])
            _ = try await connection.answer(to: held)
            let line = try #require(await log.next(from: .info)).metadata
            #expect(line["method"] == "hold" && line["code"] == "DEADLINE_EXCEEDED")
        }
    }

    @Test("reads the subject only of a call that may have a line", arguments: [0, 1] as [Double])
    func subjects(sample: Double) throws {
        var log = AccessLog(logger: LogRecorder().logger, sample: sample, always: [.refused])
        log.events = [.rpc]
        var writer = try #require(AccessLogWriter(log))
        var reads = 0
        func subject() -> CallSubject? {
            reads += 1
            return nil
        }
        for event in [ProxyEvent.rpc, .publish] {
            writer.add(CallObservation(event: event.index, .accepted, receivedAt: 0), about: subject())
        }
        #expect(reads == Int(sample) && writer.waiting == reads)
    }

    @Test("is silent when its level is switched off")
    func switchedOff() {
        var quiet = LogRecorder().logger
        quiet.logLevel = .warning
        #expect(AccessLogWriter(AccessLog(logger: quiet)) == nil)
        #expect(AccessLogWriter(AccessLog(logger: quiet, level: .warning)) != nil)
    }

    @Test("logs the outcome for the peer if it was not the handler's answer", arguments: ProxyServer.Executor.all)
    func deadline(executor: ProxyServer.Executor) async throws {
        let commands = Commands()
        try await Self.logging(ProxyService(rpc: commands), executor) { connection, log async throws in
            let late = connection.start(.rpc, RPCRequest(method: "hold"), changes: ["grpc-timeout": "20m"])
            #expect(try await connection.answer(to: late).grpcStatus == "4")
            let failed = try #require(await log.next(from: .info)).metadata
            #expect(failed["verdict"] == "failed" && failed["code"] == "DEADLINE_EXCEEDED")
            _ = await commands.events.next()
            let reset = connection.start(.rpc, RPCRequest(method: "linger", data: [0x31]))
            while await commands.events.next() != .began("1") {}
            connection.send(.resetStream(reset, .cancel))
            // At once: nobody has to wait for a handler that ignores its cancellation.
            #expect(await log.next(from: .info)?.metadata["verdict"] == "abandoned")
            commands.gate.open()
            try await connection.roundTrip()
        }
    }

    @Test("has two lines for a stream that is accepted, and one for another", arguments: ProxyServer.Executor.all)
    func streams(executor: ProxyServer.Executor) async throws {
        let service = ProxyService(subscribeUnidirectional: Subscriptions.ending())
        try await Self.logging(service, executor) { connection, log async throws in
            let held = connection.subscribe("held")
            #expect(try await held.reply().error == nil)
            #expect(await log.next(from: .info)?.metadata["verdict"] == "accepted")
            held.cancel()
            let left = try #require(await log.next(from: .info)).metadata
            #expect(left["end"] == "left" && left["verdict"] == nil && left["next"] == nil)
            for (channel, end, next, code) in [
                ("finished", "finished", "finished", nil), ("other", "interrupted", "subscribes_again", "UNAVAILABLE"),
            ] as [(String, String, String, Logger.MetadataValue?)] {
                _ = try await connection.subscribe(channel).end()
                #expect(await log.next(from: .info)?.metadata["verdict"] == "accepted")
                let line = try #require(await log.next(from: .info)).metadata
                #expect(line["end"] == "\(end)" && line["next"] == "\(next)" && line["code"] == code)
            }
            #expect(try await connection.subscribe("no").reply().error == .permissionDenied)
            let line = try #require(await log.next(from: .info)).metadata
            #expect(line["verdict"] == "error" && line["code"] == "403" && line["channel"] == "no")
        }
    }
}
