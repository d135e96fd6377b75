import CentrifugoProxy
import HTTP2FrameKit
import Testing

/// Calls over a socket in every form that HTTP/2 gives them.
@Suite(.timeLimit(.minutes(1))) struct FramingTests {
    private static let echo = lengthPrefixed(RPCRequest(method: "echo", data: Array(#"{"a":1}"#.utf8)).wireBytes())
    private static let head = RawConnection.head(ProxyEvent.rpc.path)

    private static func expectEcho(_ connection: RawConnection, _ id: UInt32) async throws {
        let response: RPCResponse = try await connection.answer(to: id).message()
        #expect(response.result?.data.text == #"{"a":1}"#)
    }

    private static func run(_ body: (RawConnection) async throws -> Void) async throws {
        try await TestServer.run(ProxyService(rpc: Commands()), configuration: .test()) { server in
            try await body(try await server.connect())
        }
    }

    @Test("says in its first SETTINGS what it allows")
    func settings() async throws {
        try await TestServer.run(ProxyService(rpc: Commands()), configuration: .test()) { server in
            let connection = try await server.connectSilently()
            connection.send(bytes: Frame.preface + Frame.settings().bytes)
            guard case .settings(let settings) = try await connection.next() else {
                Issue.record("the first frame is not SETTINGS")
                return
            }
            let values = Dictionary(uniqueKeysWithValues: settings.map { ($0.identifier, $0.value) })
            #expect(values[.maxConcurrentStreams] == 1_000_000)
            #expect(values[.maxHeaderListSize] == 65_536)
            #expect(values[.enablePush] ?? 0 == 0)
            _ = try await connection.expect { $0 == .settingsAck }
        }
    }

    @Test("answers a call whose frames come byte by byte")
    func bytewise() async throws {
        try await Self.run { connection in
            // Repeated, because memory that was freed too early often still holds its old content.
            for _ in 0..<20 {
                let id = connection.newStreamID()
                let bytes = Frame.headers(id, Self.head).bytes + Frame.data(id, Self.echo, .endStream).bytes
                for byte in bytes { connection.send(bytes: [byte]) }
                try await Self.expectEcho(connection, id)
            }
        }
    }

    @Test("puts a header list together from CONTINUATION frames", arguments: [60, 100, 1_000])
    func continuation(pieceLength: Int) async throws {
        try await Self.run { connection in
            let id = connection.newStreamID()
            // A few frames only: many tiny ones are an attack.
            let frames = Frame.headers(id, Self.head, .endHeaders, pieceLength: pieceLength)
            connection.send(frames + [.data(id, Self.echo, .endStream)])
            try await Self.expectEcho(connection, id)
        }
    }

    @Test("puts a message together from DATA in pieces, padded and empty ones among them")
    func pieces() async throws {
        try await Self.run { connection in
            let id = connection.newStreamID()
            connection.send(.headers(id, Self.head))
            for byte in Self.echo { try await connection.sendApart([.data(id, [])], [.data(id, [byte]).padded(byte)]) }
            connection.send(.data(id, [], .endStream).padded(255))
            try await Self.expectEcho(connection, id)
        }
    }

    @Test("serves streams whose messages arrive interleaved, each its own")
    func interleaved() async throws {
        try await Self.run { connection in
            let ids = (0..<10).map { _ in connection.newStreamID() }
            let bodies = ids.map { id in
                lengthPrefixed(RPCRequest(method: "echo", data: Array("\(id)".utf8)).wireBytes())
            }
            for id in ids { connection.send(.headers(id, Self.head)) }
            for position in 0..<bodies[0].count + 1 {
                try await connection.roundTrip()
                for (id, body) in zip(ids, bodies) where position < body.count {
                    connection.send(.data(id, [body[position]], position == body.count - 1 ? .endStream : []))
                }
            }
            for id in ids {
                let response: RPCResponse = try await connection.answer(to: id).message()
                #expect(response.result?.data.text == "\(id)")
            }
        }
    }

    @Test("takes trailers as the end of a request")
    func trailers() async throws {
        try await Self.run { connection in
            let id = connection.newStreamID()
            let trailers = Frame.headers(id, [.literal("x-end", "1")], [.endHeaders, .endStream])
            connection.send(.headers(id, Self.head), .data(id, Self.echo), trailers)
            try await Self.expectEcho(connection, id)
        }
    }

    @Test("answers PING while a call is open")
    func ping() async throws {
        try await Self.run { connection in
            let id = connection.newStreamID()
            connection.send(.headers(id, Self.head), .ping([8, 7, 6, 5, 4, 3, 2, 1]))
            _ = try await connection.expect { $0 == .pong([8, 7, 6, 5, 4, 3, 2, 1]) }
            connection.send(.data(id, Self.echo, .endStream))
            try await Self.expectEcho(connection, id)
        }
    }

    @Test("sends no byte beyond the peer's window, and finally all of them")
    func windows() async throws {
        try await TestServer.run(ProxyService(rpc: Commands()), configuration: .test()) { server in
            let connection = try await server.connectSilently()
            connection.send(bytes: Frame.preface)
            connection.send(.settings(Setting(.initialWindowSize, 10)), .settingsAck)
            let id = connection.start(.rpc, RPCRequest(method: "large", data: Array("100".utf8)))
            var body: [UInt8] = []
            // The text's quotes, two messages' tags and lengths, and gRPC's prefix.
            while body.count < 5 + 2 + 2 + 102 {
                let frame = try await connection.expect { if case .data = $0 { true } else { false } }
                guard case .data(_, let bytes, _) = frame else { continue }
                #expect(bytes.count <= 10)
                body += bytes
                try await connection.roundTrip()
                connection.send(.windowUpdate(id, UInt32(bytes.count)))
            }
            let response = try RPCResponse(wireBytes: Array(body[5...]))
            #expect(response.result?.data.bytes.count == 102)
            #expect(try await connection.answer(to: id).grpcStatus == "0")
        }
    }

    @Test("obeys a window that grows by SETTINGS in the middle of an answer")
    func settingsWindow() async throws {
        try await TestServer.run(ProxyService(rpc: Commands()), configuration: .test()) { server in
            let connection = try await server.connectSilently()
            connection.send(bytes: Frame.preface)
            connection.send(.settings(Setting(.initialWindowSize, 1)), .settingsAck)
            let id = connection.start(.rpc, RPCRequest(method: "large", data: Array("1000".utf8)))
            _ = try await connection.expect { if case .data = $0 { true } else { false } }
            connection.send(.settings(Setting(.initialWindowSize, 65_535)))
            #expect(try await connection.answer(to: id).trailers["grpc-status"] == "0")
        }
    }

    @Test("answers requests of megabytes, and with megabytes")
    func large() async throws {
        try await Self.run { connection in
            let data = [UInt8]("\"".utf8) + [UInt8](repeating: 0x61, count: 200_000) + [UInt8]("\"".utf8)
            let body = lengthPrefixed(RPCRequest(method: "echo", data: data).wireBytes())
            let id = connection.newStreamID()
            connection.send(.headers(id, Self.head))
            for start in stride(from: 0, to: body.count, by: 16_384) {
                let end = min(start + 16_384, body.count)
                connection.send(.data(id, Array(body[start..<end]), end == body.count ? .endStream : []))
            }
            let response: RPCResponse = try await connection.answer(to: id).message()
            #expect(response.result?.data.bytes == data)
            let large = try await connection.rpc("large", data: "3000000")
            #expect(large.result?.data.bytes.count == 3_000_002)
        }
    }
}
