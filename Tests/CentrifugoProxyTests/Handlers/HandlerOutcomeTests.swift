import CentrifugoProxy
import HTTP2FrameKit
import Logging
import Testing

/// What the peer receives for what handlers do.
@Suite(.timeLimit(.minutes(1))) struct HandlerOutcomeTests {
    private static func run(
        _ executor: ProxyServer.Executor,
        _ body: (RawConnection, LogRecorder) async throws -> Void
    ) async throws {
        try await TestServer.run(ProxyService(rpc: Commands()), configuration: .test(executor)) { server in
            let connection = try await server.connect()
            try await body(connection, server.log)
            try await connection.stillServes()
        }
    }

    private static func text(_ frames: [ReceivedFrame]) -> String {
        frames.map { frame in
            switch frame {
            case .headers(_, let fields, _): "\(fields)"
            case .data(_, let bytes, _): String(decoding: bytes, as: UTF8.self)
            case .other(let frame): String(decoding: frame.payload, as: UTF8.self)
            default: ""
            }
        }.joined()
    }

    /// Hostile input: handler-throws.
    @Test("sends a refusal in the reply, with status OK", arguments: ProxyServer.Executor.all)
    func refusals(executor: ProxyServer.Executor) async throws {
        try await Self.run(executor) { connection, log async throws in
            #expect(try await connection.rpc("error") == RPCResponse(error: .rateLimited))
            #expect(try await connection.rpc("disconnect") == RPCResponse(disconnect: .forbidden))
            #expect(try await connection.rpc("nothing of that name") == RPCResponse(error: .notFound))
            #expect(log.lines().isEmpty)
        }
    }

    /// Hostile input: handler-throws.
    @Test("sends a thrown status as trailers only, its message percent-encoded", arguments: ProxyServer.Executor.all)
    func status(executor: ProxyServer.Executor) async throws {
        try await Self.run(executor) { connection, _ async throws in
            let answer = try await connection.answer(to: connection.start(.rpc, RPCRequest(method: "status")))
            #expect(answer.headers["grpc-status"] == "9")
            #expect(answer.headers["grpc-message"] == "na%C3%AFve %25")
            #expect(answer.httpStatus == "200")
            #expect(answer.headers["content-type"] == "application/grpc")
            #expect(answer.body.isEmpty && answer.trailers.isEmpty)
        }
    }

    /// Hostile input: handler-throws.
    @Test("keeps an unknown error's text to the log", arguments: ProxyServer.Executor.all)
    func secrets(executor: ProxyServer.Executor) async throws {
        try await Self.run(executor) { connection, log async throws in
            let answer = try await connection.answer(to: connection.start(.rpc, RPCRequest(method: "fail")))
            #expect(answer.grpcStatus == "2")
            #expect(answer.grpcMessage == "the handler failed")
            let sent = Self.text(connection.history)
            #expect(sent.contains("the handler failed"))
            #expect(!sent.contains("hunter2") && !sent.contains("DatabaseError"))
            let lines = log.lines(from: .error)
            #expect(lines.count == 1)
            #expect(lines.first?.metadata["event"] == "RPC")
            #expect(lines.first?.metadata["error"] == "\(Commands.DatabaseError.text)")
        }
    }

    @Test("refuses a client whose payload is not what the handler decodes", arguments: ProxyServer.Executor.all)
    func invalidPayload(executor: ProxyServer.Executor) async throws {
        try await Self.run(executor) { connection, _ async throws in
            #expect(try await connection.rpc("decode", data: "{") == RPCResponse(error: .badRequest))
            #expect(try await connection.rpc("decode", data: #""a""#).result?.data.text == #""a""#)
        }
    }

    /// Hostile input: handler-nonsense.
    @Test("sends no answer that is not JSON to a JSON client, and logs the fix")
    func notJSON() async throws {
        try await Self.run(.eventLoop) { connection, log in
            let answer = try await connection.answer(to: connection.start(.rpc, RPCRequest(method: "not json")))
            #expect(answer.grpcStatus == "13")
            #expect(answer.body.isEmpty)
            #expect(log.lines(from: .error).count == 1)
            // The same bytes are fine for a binary client.
            let request = RPCRequest(encoding: "binary", method: "not json")
            let response: RPCResponse = try await connection.call(.rpc, request)
            #expect(response.result?.b64data == "ew==")
        }
    }

    /// Hostile input: answer-too-large, handler-nonsense.
    @Test("sends no answer above the limit, and names event and size in the log")
    func tooLarge() async throws {
        try await Self.run(.eventLoop) { connection, log in
            let request = RPCRequest(method: "large", data: [UInt8]("\(4 << 20)".utf8))
            let answer = try await connection.answer(to: connection.start(.rpc, request))
            #expect(answer.grpcStatus == "8")
            #expect(answer.body.isEmpty)
            let line = log.lines(from: .error).first
            #expect(line?.metadata["event"] == "RPC")
            // The text with its quotes, and the tag and the length of `data` and of `result`.
            #expect(line?.metadata["bytes"] == "\((4 << 20) + 2 + 5 + 5)")
        }
    }

    @Test("passes metadata, peer and deadline to a handler", arguments: ProxyServer.Executor.all)
    func context(executor: ProxyServer.Executor) async throws {
        try await Self.run(executor) { connection, _ async throws in
            let id = connection.start(
                path: ProxyEvent.rpc.path,
                body: lengthPrefixed(RPCRequest(method: "context").wireBytes()),
                changes: ["grpc-timeout": "60S", "x-one": "1"],
                adding: [
                    Field("x-two", "a"), Field("x-two", "b"), Field("token-bin", "AQI=, AwQ"), Field("token-bin", "/w"),
                ]
            )
            let response: RPCResponse = try await connection.answer(to: id).message()
            let seen = try #require(try response.result?.data.decode(Commands.Seen.self))
            #expect(seen.event == "RPC")
            #expect(seen.metadata["x-one"] == ["1"])
            #expect(seen.metadata["x-two"] == ["a", "b"])
            #expect(seen.binary == [[1, 2], [3, 4], [0xFF]])
            #expect(seen.hasDeadline && seen.isLocalPeer)
            #expect(seen.metadata["te"] == nil && seen.metadata[":path"] == nil && seen.metadata["grpc-timeout"] == nil)
        }
    }

    @Test("compresses large answers only if configured and accepted by the peer")
    func compression() async throws {
        for (isAllowed, isAsked) in [(true, true), (true, false), (false, true)] {
            var configuration = ProxyServer.Configuration.test()
            configuration.compressesAnswers = isAllowed
            try await TestServer.run(ProxyService(rpc: Commands()), configuration: configuration) { server in
                let connection = try await server.connect()
                let request = RPCRequest(method: "large", data: [UInt8]("10000".utf8))
                let changes: [String: String?] = isAsked ? ["grpc-accept-encoding": "gzip"] : [:]
                let answer = try await connection.answer(to: connection.start(.rpc, request, changes: changes))
                #expect(answer.grpcStatus == "0")
                #expect(answer.headers["grpc-encoding"] == (isAllowed && isAsked ? "gzip" : nil))
                #expect(answer.body.first == (isAllowed && isAsked ? 1 : 0))
                #expect((answer.body.count < 1_000) == (isAllowed && isAsked))
                try await connection.stillServes()
            }
        }
    }

    @Test("compresses answers of 1,024 bytes or more", arguments: [(1_023, false), (1_024, true)])
    func smallestCompressed(size: Int, isCompressed: Bool) async throws {
        actor Sized: RPCHandler {
            func rpc(_ request: RPCRequest, context: CallContext) async throws -> RPCResult {
                RPCResult(data: .bytes(request.data))
            }
        }
        var data = [UInt8](repeating: 0, count: size)
        // The answer around the data takes a few bytes.
        while RPCResponse(result: RPCResult(data: .bytes(data))).wireBytes().count > size { data.removeLast() }
        var configuration = ProxyServer.Configuration.test()
        configuration.compressesAnswers = true
        let request = RPCRequest(protocol: "protobuf", data: data)
        try await TestServer.run(ProxyService(rpc: Sized()), configuration: configuration) { server in
            let connection = try await server.connect()
            let id = connection.start(.rpc, request, changes: ["grpc-accept-encoding": "gzip"])
            let answer = try await connection.answer(to: id)
            #expect(answer.grpcStatus == "0")
            #expect(answer.body.first == (isCompressed ? 1 : 0))
        }
    }
}
