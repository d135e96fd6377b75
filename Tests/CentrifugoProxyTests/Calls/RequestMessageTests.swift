import CentrifugoProxy
import GRPCCall
import HTTP2FrameKit
import Testing

/// A server's answers to broken messages.
///
/// Afterwards the connection still works.
@Suite(.timeLimit(.minutes(1))) struct RequestMessageTests {
    private static func answer(
        _ body: [UInt8],
        changes: [String: String?] = [:],
        configuration: ProxyServer.Configuration = .test()
    ) async throws -> Answer {
        var answers: [Answer] = []
        try await TestServer.run(ProxyService(rpc: Commands()), configuration: configuration) { server in
            let connection = try await server.connect()
            answers.append(try await connection.answer(to: connection.start(body: body, changes: changes)))
            try await connection.stillServes()
            // The same, arriving in two portions.
            let id = connection.newStreamID()
            try await connection.sendApart(
                [
                    .headers(id, RawConnection.head(ProxyEvent.rpc.path, changes: changes)),
                    .data(id, Array(body.prefix(7))),
                ],
                [.data(id, Array(body.dropFirst(7)), .endStream)]
            )
            answers.append(try await connection.answer(to: id))
            try await connection.stillServes()
        }
        #expect(answers.map(\.grpcStatus).allSatisfy { $0 == answers[0].grpcStatus })
        return answers[0]
    }

    private static let request = RPCRequest(method: "echo", data: [0x31]).wireBytes()

    /// Hostile input: no-message, two-messages, cut-message.
    @Test(
        "refuses a body that is not one message",
        arguments: [
            ([], "12"), (lengthPrefixed(request) + lengthPrefixed(request), "12"),
            (lengthPrefixed(request) + [0], "12"),
            (Array(lengthPrefixed(request).dropLast()), "13"), ([0], "13"), ([0, 0, 0, 0], "13"),
            ([0, 0, 0, 0, 1], "13"),
        ] as [([UInt8], String)]
    )
    func cardinality(body: [UInt8], status: String) async throws {
        #expect(try await Self.answer(body).grpcStatus == status)
    }

    /// Hostile input: flag-above-one, flag-without-encoding.
    @Test("refuses an invalid flag, and a compressed message without an encoding", arguments: [1, 2, 128, 255])
    func flags(flag: UInt8) async throws {
        #expect(try await Self.answer(lengthPrefixed(Self.request, flag: flag)).grpcStatus == "13")
    }

    /// Hostile input: flag-above-one.
    @Test("refuses a flag above one with an encoding as well")
    func flagsWithEncoding() async throws {
        let answer = try await Self.answer(lengthPrefixed(Self.request, flag: 2), changes: ["grpc-encoding": "gzip"])
        #expect(answer.grpcStatus == "13")
    }

    private static func gzipped(_ message: [UInt8]) throws -> [UInt8] {
        var output: [UInt8] = []
        try message.withUnsafeBytes { try Gzip().deflate($0, appendingTo: &output) }
        return output
    }

    @Test("reads compressed messages, tiny ones too, and plain ones in a call with an encoding")
    func gzip() async throws {
        for body in [lengthPrefixed(try Self.gzipped(Self.request), flag: 1), lengthPrefixed(Self.request)] {
            let answer = try await Self.answer(
                body,
                changes: ["grpc-encoding": "gzip", "grpc-accept-encoding": "gzip"]
            )
            #expect(try answer.message(RPCResponse.self).result?.data.text == "1")
            #expect(answer.headers["grpc-encoding"] == nil)
        }
    }

    /// Hostile input: gzip-corrupt.
    @Test("refuses a corrupt compressed message", arguments: [0, 1, 2, 3])
    func corruptGzip(kind: Int) async throws {
        var bytes = try Self.gzipped(Self.request)
        switch kind {
        case 0: bytes[0] ^= 0xFF
        case 1: bytes.removeLast()
        case 2: bytes[bytes.count - 5] ^= 0xFF
        default: bytes += [0]
        }
        let answer = try await Self.answer(lengthPrefixed(bytes, flag: 1), changes: ["grpc-encoding": "gzip"])
        #expect(answer.grpcStatus == "13")
    }

    /// Hostile input: gzip-bomb, message-too-large.
    @Test("refuses a compressed message that grows over the limit")
    func gzipBomb() async throws {
        var configuration = ProxyServer.Configuration.test()
        configuration.limits.maxRequestSize = 10_000
        let bytes = try Self.gzipped([UInt8](repeating: 0, count: 10_001))
        #expect(bytes.count < 200)
        let answer = try await Self.answer(
            lengthPrefixed(bytes, flag: 1),
            changes: ["grpc-encoding": "gzip"],
            configuration: configuration
        )
        #expect(answer.grpcStatus == "8")
    }

    /// Hostile input: length-huge.
    @Test(
        "refuses a length over the limit as soon as it arrives",
        arguments: [
            [0, 0x00, 0x40, 0x00, 0x01], [0, 0x04, 0, 0, 0], [0, 0xFF, 0xFF, 0xFF, 0xFF],
        ] as [[UInt8]]
    )
    func tooLong(prefix: [UInt8]) async throws {
        try await TestServer.run(ProxyService(rpc: Commands()), configuration: .test()) { server in
            let connection = try await server.connect()
            let id = connection.newStreamID()
            connection.send(.headers(id, RawConnection.head(ProxyEvent.rpc.path)), .data(id, prefix))
            #expect(try await connection.answer(to: id).grpcStatus == "8")
            // The rest of what a sane peer had on its way by then.
            connection.send(.data(id, [UInt8](repeating: 0, count: 16_000)))
            try await connection.stillServes()
        }
    }

    /// Hostile input: message-too-large.
    @Test("takes a message of exactly the limit, and refuses one byte more", arguments: [(0, "0"), (1, "8")])
    func limit(excess: Int, status: String) async throws {
        var configuration = ProxyServer.Configuration.test()
        configuration.limits.maxRequestSize = 10_000
        let frame = RPCRequest(method: "none", data: []).wireBytes()
        // `data` with a tag and a length of two bytes.
        let data = [UInt8](repeating: 0x31, count: 10_000 - frame.count - 3 + excess)
        let message = RPCRequest(method: "none", data: data).wireBytes()
        #expect(message.count == 10_000 + excess)
        let answer = try await Self.answer(lengthPrefixed(message), configuration: configuration)
        #expect(answer.grpcStatus == status)
    }

    /// Broken protobuf, by what is broken.
    static let broken: [(String, [UInt8])] = [
        ("a tag that is cut", [0x80]), ("a length that is cut", [0x0A]), ("a string that is cut", [0x0A, 0x05, 0x61]),
        ("a length beyond the end", [0x0A, 0xFF, 0xFF, 0xFF, 0xFF, 0x0F]),
        ("a length beyond all memory", [0x0A] + [UInt8](repeating: 0xFF, count: 9) + [0x01]),
        ("wire type 6", [0x0E]), ("wire type 7", [0x0F]), ("field 0", [0x00, 0x01]), ("field 0 again", [0x02, 0x00]),
        ("an unmatched end group", [0x0C]), ("a group that is never closed", [0x0B]),
        ("a group closed by another number", [0x0B, 0x14]),
        ("eleven bytes of varint", [0xF0, 0x07] + [UInt8](repeating: 0x80, count: 10) + [0x01]),
        ("a fixed32 that is cut", [0xF5, 0x07, 1, 2, 3]), ("a fixed64 that is cut", [0xF1, 0x07, 1, 2, 3, 4, 5, 6, 7]),
        ("a string that is not UTF-8", [0x0A, 0x01, 0xFF]), ("a map that is cut", [0x7A, 0x02, 0x0A, 0x05]),
        ("groups nested over 100 deep", [UInt8](repeating: 0x0B, count: 101) + [UInt8](repeating: 0x0C, count: 101)),
    ]

    /// Hostile input: protobuf-cut, protobuf-wire-type, protobuf-field-zero, protobuf-end-group, protobuf-varint,
    /// protobuf-length, protobuf-utf8, groups-too-deep.
    @Test("refuses a message that does not parse", arguments: broken)
    func malformed(what: String, message: [UInt8]) async throws {
        #expect(try await Self.answer(lengthPrefixed(message)).grpcStatus == "13")
    }

    /// Hostile input: unknown-fields, groups-nested.
    @Test(
        "skips unknown fields of every wire type",
        arguments: [
            [0xF0, 0x07, 0x01], [0xF1, 0x07, 1, 2, 3, 4, 5, 6, 7, 8], [0xF2, 0x07, 0x02, 0xFF, 0xFF],
            [0xF3, 0x07, 0xF0, 0x07, 0x01, 0xF4, 0x07], [0xF5, 0x07, 1, 2, 3, 4],
            [UInt8](repeating: 0x0B, count: 100) + [UInt8](repeating: 0x0C, count: 100),
        ] as [[UInt8]]
    )
    func unknownFields(field: [UInt8]) async throws {
        let answer = try await Self.answer(lengthPrefixed(field + Self.request + field))
        #expect(try answer.message(RPCResponse.self).result?.data.text == "1")
    }
}
