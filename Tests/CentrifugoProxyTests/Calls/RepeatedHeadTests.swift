import CentrifugoProxy
import HTTP2FrameKit
import Testing

/// Calls with repeated header lists: what was checked once is not checked again, and nothing is mixed up.
@Suite(.timeLimit(.minutes(1))) struct RepeatedHeadTests {
    private static func seen(
        _ changes: [String: String?],
        on connection: RawConnection
    ) async throws -> Commands.Seen {
        let id = connection.start(.rpc, RPCRequest(method: "context"), changes: changes)
        let reply = try await connection.answer(to: id).message(RPCResponse.self)
        return try #require(reply.result).data.decode(Commands.Seen.self)
    }

    @Test("have the metadata and the deadline of their own")
    func own() async throws {
        try await TestServer.run(ProxyService(rpc: Commands()), configuration: .test()) { server in
            let connection = try await server.connect()
            for round in 0..<60 {
                let user = "user \(round % 20)"
                let timeout = round % 3 == 0 ? nil : "\(round + 10)S"
                let seen = try await Self.seen(["x-user": user, "grpc-timeout": timeout], on: connection)
                #expect(seen.metadata == ["x-user": [user]])
                #expect(seen.hasDeadline == (timeout != nil))
            }
        }
    }

    @Test("run into the deadline of their own")
    func deadline() async throws {
        let commands = Commands()
        try await TestServer.run(ProxyService(rpc: commands), configuration: .test()) { server in
            let connection = try await server.connect()
            for timeout in ["1H", "20m", "1H"] {
                let id = connection.start(
                    .rpc,
                    RPCRequest(method: timeout == "20m" ? "hold" : "echo"),
                    changes: ["grpc-timeout": timeout]
                )
                #expect(try await connection.answer(to: id).grpcStatus == (timeout == "20m" ? "4" : "0"))
            }
        }
    }

    @Test("are refused each time for an invalid timeout", arguments: ["", "S", "1", "-1S", "1X", "123456789S"])
    func malformed(timeout: String) async throws {
        try await TestServer.run(ProxyService(rpc: Commands()), configuration: .test()) { server in
            let connection = try await server.connect()
            for value in ["5S", timeout, timeout, "5S", timeout, "6S"] {
                let id = connection.start(.rpc, RPCRequest(method: "echo"), changes: ["grpc-timeout": value])
                #expect(try await connection.answer(to: id).grpcStatus == (value == timeout ? "13" : "0"))
            }
        }
    }

    @Test("reach the method of their path")
    func paths() async throws {
        try await TestServer.run(ProxyService(rpc: Commands()), configuration: .test()) { server in
            let connection = try await server.connect()
            for _ in 0..<3 {
                let unknown = connection.start(path: "/none", body: lengthPrefixed([]))
                #expect(try await connection.answer(to: unknown).grpcStatus == "12")
                let unhandled: ConnectResponse = try await connection.call(.connect, ConnectRequest())
                #expect(unhandled.disconnect != nil || unhandled.error != nil)
                try await connection.stillServes()
            }
        }
    }
}
