import CentrifugoProxy
import HTTP2FrameKit
import Testing

/// Deadlines that pass: the server itself answers.
///
/// Afterwards the connection still works.
@Suite(.timeLimit(.minutes(1))) struct DeadlineTests {
    private static let head = RawConnection.head(ProxyEvent.rpc.path, changes: ["grpc-timeout": "20m"])

    /// Hostile input: deadline-handler-runs, handler-hangs.
    @Test("answers while the handler runs, and cancels it", arguments: ProxyServer.Executor.all)
    func handler(executor: ProxyServer.Executor) async throws {
        let commands = Commands()
        try await TestServer.run(ProxyService(rpc: commands), configuration: .test(executor)) { server in
            let connection = try await server.connect()
            let request = RPCRequest(method: "hold", data: [0x31])
            let id = connection.start(.rpc, request, changes: ["grpc-timeout": "200m"])
            let answer = try await connection.answer(to: id)
            #expect(answer.headers["grpc-status"] == "4")
            #expect(answer.httpStatus == "200" && answer.body.isEmpty)
            #expect(await commands.events.next() == .began("1"))
            #expect(await commands.events.next() == .cancelled("1"))
            try await connection.stillServes()
        }
    }

    /// Hostile input: deadline-body-missing.
    @Test("answers while the message is missing", arguments: [0, 3, 5, 9])
    func missingMessage(arrived: Int) async throws {
        try await TestServer.run(ProxyService(rpc: Commands()), configuration: .test()) { server in
            let connection = try await server.connect()
            let id = connection.newStreamID()
            let body = lengthPrefixed(RPCRequest(method: "echo", data: [0x31]).wireBytes())
            connection.send(.headers(id, Self.head), .data(id, Array(body.prefix(arrived))))
            #expect(try await connection.answer(to: id).grpcStatus == "4")
            // A message that arrives too late starts no second call, and is not an error either.
            connection.send(.data(id, Array(body.dropFirst(arrived)), .endStream))
            try await connection.stillServes()
            let count = try await connection.rpc("count")
            #expect(count.result?.data.text == "2")
        }
    }

    /// Hostile input: handler-hangs.
    @Test("does not let a handler that ignores it answer a second time", arguments: ProxyServer.Executor.all)
    func lateHandler(executor: ProxyServer.Executor) async throws {
        let commands = Commands()
        try await TestServer.run(ProxyService(rpc: commands), configuration: .test(executor)) { server in
            let connection = try await server.connect()
            let request = RPCRequest(method: "linger", data: [0x31])
            let id = connection.start(.rpc, request, changes: ["grpc-timeout": "200m"])
            #expect(try await connection.answer(to: id).grpcStatus == "4")
            #expect(await commands.events.next() == .began("1"))
            commands.gate.open()
            #expect(await commands.events.next() == .ended("1"))
            try await connection.stillServes()
            try await connection.roundTrip()
            #expect(connection.history.filter { $0.streamID == id }.count == 1)
        }
    }

    @Test("answers every one of many calls", arguments: ProxyServer.Executor.all)
    func many(executor: ProxyServer.Executor) async throws {
        try await TestServer.run(ProxyService(rpc: Commands()), configuration: .test(executor)) { server in
            let connection = try await server.connect()
            let ids = (0..<100).map { number in
                connection.start(.rpc, RPCRequest(method: "hold"), changes: ["grpc-timeout": "\(number % 40)m"])
            }
            for id in ids { #expect(try await connection.answer(to: id).grpcStatus == "4") }
            try await connection.stillServes()
        }
    }

    @Test("does not affect a call that is answered in time")
    func inTime() async throws {
        let commands = Commands()
        try await TestServer.run(ProxyService(rpc: commands), configuration: .test()) { server in
            let connection = try await server.connect()
            let changes: [String: String?] = ["grpc-timeout": "60S"]
            let held = connection.start(.rpc, RPCRequest(method: "hold", data: [0x31]), changes: changes)
            let late = connection.start(
                .rpc,
                RPCRequest(method: "hold", data: [0x32]),
                changes: ["grpc-timeout": "20m"]
            )
            #expect(try await connection.answer(to: late).grpcStatus == "4")
            commands.gate.open()
            let response: RPCResponse = try await connection.answer(to: held).message()
            #expect(response.result?.data.text == "1")
            try await connection.stillServes()
        }
    }
}
