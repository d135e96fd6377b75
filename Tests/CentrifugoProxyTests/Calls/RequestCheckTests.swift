import CentrifugoProxy
import HTTP2FrameKit
import Testing

/// A server's answers to requests that break gRPC's rules.
///
/// Afterwards the connection still works.
@Suite(.timeLimit(.minutes(1))) struct RequestCheckTests {
    /// How a request arrives: in one portion, or its header list before its message.
    enum Arrival: CaseIterable {
        case whole
        case headFirst
    }

    private static let echo = lengthPrefixed(RPCRequest(method: "echo", data: [0x31]).wireBytes())

    private static func answer(
        _ arrival: Arrival,
        path: String = ProxyEvent.rpc.path,
        changes: [String: String?] = [:],
        adding: [Field] = [],
        check: (Answer) throws -> Void
    ) async throws {
        try await TestServer.run(ProxyService(rpc: Commands()), configuration: .test()) { server in
            let connection = try await server.connect()
            let id = connection.newStreamID()
            let head = Frame.headers(id, RawConnection.head(path, changes: changes, adding: adding))
            let data = Frame.data(id, echo, .endStream)
            switch arrival {
            case .whole: connection.send(head, data)
            case .headFirst: try await connection.sendApart([head], [data])
            }
            try check(try await connection.answer(to: id))
            try await connection.stillServes()
        }
    }

    /// Hostile input: content-type.
    @Test(
        "refuses requests that are not gRPC's with 415 and a text",
        arguments: [
            nil, "", "text/html", "application/json", "application/grpcx", "application/grpc-web", "application/gRP",
        ],
        Arrival.allCases
    )
    func contentType(type: String?, arrival: Arrival) async throws {
        try await Self.answer(arrival, changes: ["content-type": type]) { answer in
            #expect(answer.httpStatus == "415")
            #expect(answer.headers["content-type"] == "text/plain")
            #expect(!answer.body.isEmpty && answer.body.count < 200)
            #expect(answer.grpcStatus == nil)
        }
    }

    @Test(
        "takes every form of gRPC's content-type",
        arguments: [
            "application/grpc", "application/grpc+proto", "application/grpc;charset=utf-8", "APPLICATION/GRPC",
        ],
        Arrival.allCases
    )
    func goodContentType(type: String, arrival: Arrival) async throws {
        try await Self.answer(arrival, changes: ["content-type": type]) { answer in
            let response: RPCResponse = try answer.message()
            #expect(response.result?.data.text == "1")
            #expect(answer.headers["content-type"] == "application/grpc")
        }
    }

    /// Hostile input: method.
    @Test("refuses other methods with 405, and says which one is allowed", arguments: ["GET", "PUT", "HEAD", "post"])
    func method(method: String) async throws {
        try await Self.answer(.whole, changes: [":method": method]) { answer in
            #expect(answer.httpStatus == "405")
            #expect(answer.headers["allow"] == "POST")
            #expect(answer.grpcStatus == nil)
        }
    }

    /// Hostile input: te-missing.
    @Test("does without te", arguments: Arrival.allCases)
    func withoutTE(arrival: Arrival) async throws {
        try await Self.answer(arrival, changes: ["te": nil]) { answer in
            #expect(answer.grpcStatus == "0")
        }
    }

    /// Hostile input: te-other.
    @Test("refuses a te other than trailers", arguments: ["gzip", "trailers, gzip", ""])
    func te(value: String) async throws {
        try await Self.answer(.whole, changes: ["te": value]) { answer in
            // HTTP/2 itself may refuse it before that (RFC 9113 §8.2.2).
            #expect(answer.grpcStatus == "13" || answer.reset == .protocolError, "\(answer)")
        }
    }

    /// Hostile input: unknown-method, unknown-service, odd-path.
    @Test(
        "answers UNIMPLEMENTED to paths it does not know",
        arguments: [
            "/", "/x", "//", "/centrifugal.centrifugo.proxy.CentrifugoProxy/", ProxyEvent.rpc.path + "x",
            ProxyEvent.rpc.path + "/", "/centrifugal.centrifugo.proxy.CentrifugoProxy/rpc", "/other.Service/RPC",
            ProxyEvent.rpc.path + "?a=b", "/" + String(repeating: "x", count: 5_000),
        ],
        Arrival.allCases
    )
    func path(path: String, arrival: Arrival) async throws {
        try await Self.answer(arrival, path: path) { answer in
            #expect(answer.httpStatus == "200")
            #expect(answer.grpcStatus == "12")
            #expect(answer.body.isEmpty)
        }
    }

    /// Hostile input: no-path.
    @Test("refuses a malformed path", arguments: ["", "x", "centrifugal.centrifugo.proxy.CentrifugoProxy/RPC"])
    func noPath(path: String) async throws {
        try await Self.answer(.whole, path: path) { answer in
            #expect(answer.grpcStatus == "12" || answer.reset == .protocolError, "\(answer)")
        }
    }

    /// Hostile input: odd-path.
    @Test("answers UNIMPLEMENTED to a path that is not UTF-8")
    func oddPath() async throws {
        let odd = Field(Array(":path".utf8), Array("/centrifugal".utf8) + [0xFF, 0x80])
        try await TestServer.run(ProxyService(rpc: Commands()), configuration: .test()) { server in
            let connection = try await server.connect()
            let id = connection.newStreamID()
            var head = RawConnection.head("/")
            head[2] = .literal(odd)
            connection.send(.headers(id, head), .data(id, Self.echo, .endStream))
            let answer = try await connection.answer(to: id)
            #expect(answer.grpcStatus == "12" || answer.reset == .protocolError, "\(answer)")
            try await connection.stillServes()
        }
    }

    /// Hostile input: timeout-malformed.
    @Test(
        "refuses a malformed timeout",
        arguments: [
            "", "S", "1", "-1S", "1X", "123456789S", "１S", "٣S", "1 S", "1.5S", "+1S", "0x1S", "1SS", "1s",
        ],
        Arrival.allCases
    )
    func timeout(value: String, arrival: Arrival) async throws {
        try await Self.answer(arrival, changes: ["grpc-timeout": value]) { answer in
            #expect(answer.grpcStatus == "13")
        }
    }

    /// Hostile input: timeout-longest.
    @Test("takes the longest timeout of every unit", arguments: ["H", "M", "S", "m", "u"])
    func longTimeout(unit: String) async throws {
        try await Self.answer(.whole, changes: ["grpc-timeout": "99999999\(unit)"]) { answer in
            #expect(answer.grpcStatus == "0")
        }
    }

    /// Hostile input: encoding-unknown.
    @Test(
        "names what it reads when it refuses an encoding",
        arguments: ["br", "deflate", "snappy", "GZIP", ""],
        Arrival.allCases
    )
    func encoding(name: String, arrival: Arrival) async throws {
        try await Self.answer(arrival, changes: ["grpc-encoding": name]) { answer in
            #expect(answer.grpcStatus == "12")
            #expect(answer.headers["grpc-accept-encoding"] == "identity,gzip")
        }
    }

    /// Hostile input: binary-metadata-broken.
    @Test("refuses binary metadata that is not base64", arguments: ["*", "a", "AAA*", "AAAA,*", "é"], Arrival.allCases)
    func badBinary(value: String, arrival: Arrival) async throws {
        try await Self.answer(arrival, changes: ["token-bin": value]) { answer in
            #expect(answer.grpcStatus == "13")
            // Not the value: it may be a secret.
            #expect(answer.grpcMessage == "malformed value of metadata token-bin")
        }
    }

    /// Hostile input: metadata-not-utf8.
    @Test(
        "serves a call with a value that is not UTF-8, and shows the handler all values",
        arguments: [[0xFF], [0x61, 0xC3]]
    )
    func notUTF8(value: [UInt8]) async throws {
        try await TestServer.run(ProxyService(rpc: Commands()), configuration: .test()) { server in
            let connection = try await server.connect()
            // The second one is the head that was checked already.
            for _ in 0..<2 {
                let id = connection.start(
                    body: lengthPrefixed(RPCRequest(method: "context").wireBytes()),
                    adding: [
                        Field("x-before", "1"), Field(Array("x-name".utf8), value), Field("x-name", "ü"),
                        Field("token-bin", "/w"),
                    ]
                )
                let response: RPCResponse = try await connection.answer(to: id).message()
                let seen = try #require(response.result?.data).decode(Commands.Seen.self)
                #expect(seen.metadata["x-before"] == ["1"])
                #expect(seen.metadata["x-name"] == [String(decoding: value, as: UTF8.self), "ü"])
                #expect(seen.binary == [[0xFF]])
            }
            #expect(server.log.lines().isEmpty)
        }
    }

    private static func large(_ fields: Int, on id: UInt32) -> [Frame] {
        // 70,000 bytes in all, sent in frames of the size every peer has to take.
        let value = String(repeating: "x", count: 70_000 / fields)
        let head = RawConnection.head(ProxyEvent.rpc.path, adding: (0..<fields).map { Field("x-\($0)", value) })
        return Frame.headers(id, head, .endHeaders, pieceLength: 16_384) + [.data(id, echo, .endStream)]
    }

    /// Hostile input: header-list-too-large.
    @Test("refuses a header list over the limit", arguments: [2, 10, 1_000])
    func headerList(fields: Int) async throws {
        try await TestServer.run(ProxyService(rpc: Commands()), configuration: .test()) { server in
            let connection = try await server.connect()
            let id = connection.newStreamID()
            connection.send(Self.large(fields, on: id))
            #expect(try await connection.answer(to: id).grpcStatus == "8")
            try await connection.stillServes()
        }
    }

    /// Hostile input: header-list-too-large.
    @Test("ends the connection for a single field that nghttp2 does not decode, and no other connection")
    func headerField() async throws {
        try await TestServer.run(ProxyService(rpc: Commands()), configuration: .test()) { server in
            let connection = try await server.connect()
            let other = try await server.connect()
            connection.send(Self.large(1, on: connection.newStreamID()))
            let rest = try await connection.rest()
            #expect(rest.contains { if case .goAway = $0 { true } else { false } })
            try await other.stillServes()
        }
    }

    @Test("takes a header list of tens of kilobytes")
    func largeHeaderList() async throws {
        let cookie = String(repeating: "c", count: 40_000)
        try await TestServer.run(ProxyService(rpc: Commands()), configuration: .test()) { server in
            let connection = try await server.connect()
            let id = connection.newStreamID()
            let head = RawConnection.head(ProxyEvent.rpc.path, changes: ["cookie": cookie])
            connection.send(Frame.headers(id, head, .endHeaders, pieceLength: 16_384))
            let seen = RPCRequest(method: "context").wireBytes()
            connection.send(.data(id, lengthPrefixed(seen), .endStream))
            let response: RPCResponse = try await connection.answer(to: id).message()
            let data = try #require(response.result?.data)
            #expect(try data.decode(Commands.Seen.self).metadata["cookie"] == [cookie])
        }
    }
}
