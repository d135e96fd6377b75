import CentrifugoProxy
import HTTP2FrameKit
import Testing

/// The payloads of publications that handlers write, by what the client reads.
@Suite(.serialized, .timeLimit(.minutes(1))) struct SubscriptionPayloadTests {
    /// What `write` is given, what a JSON client gets of it (nil: nothing, an error), and a binary one.
    private static let payloads: [(Payload, json: String?, binary: String)] = [
        (.text("plain"), #""plain""#, "plain"),
        (.text("a \"b\"\n"), #""a \"b\"\u000a""#, "a \"b\"\n"),
        ("literal", #""literal""#, "literal"),
        (.bytes(Array(#"{"n":1}"#.utf8)), #"{"n":1}"#, #"{"n":1}"#),
        (.bytes(Array("{".utf8)), nil, "{"),
        (.bytes([0xFF]), nil, "\u{FFFD}"),
        (.bytes(Array("[1] x".utf8)), nil, "[1] x"),
    ]

    @Test("writes what the client can read", arguments: ProxyServer.Executor.all, payloads.indices)
    func payload(executor: ProxyServer.Executor, index: Int) async throws {
        let (payload, json, binary) = Self.payloads[index]
        try await TestServer.run(
            unidirectional: { _ in
                UnidirectionalSubscription { writer in
                    do {
                        try await writer.write(Publication(data: payload, tags: ["k": "v"]))
                    } catch is InvalidPayload {
                        try await writer.write(Publication(data: try .json("refused")))
                    }
                    return .finished
                }
            },
            configuration: .test(executor)
        ) { _, connection async throws in
            for (encoding, expected) in [
                ("json", json ?? #""refused""#), ("binary", binary), ("", json ?? #""refused""#),
            ] {
                let stream = connection.subscribe(encoding: encoding)
                _ = try await stream.reply()
                let publication = try #require(try await stream.next()?.publication)
                #expect(String(decoding: publication.data.bytes, as: UTF8.self) == expected)
                #expect(expected.contains("refused") || publication.tags == ["k": "v"])
                #expect(try await stream.end() == "0")
            }
        }
    }

    @Test("interrupts when the handler lets the error of an invalid payload go", arguments: ProxyServer.Executor.all)
    func uncaught(executor: ProxyServer.Executor) async throws {
        try await TestServer.run(
            unidirectional: { _ in
                UnidirectionalSubscription { writer in
                    try await writer.write(Publication(data: .bytes([0x7B])))
                    return .finished
                }
            },
            configuration: .test(executor)
        ) { server, connection async throws in
            #expect(try await connection.subscribe().end() == "14")
            #expect(server.log.lines().count == 1)
        }
    }

    @Test("refuses a publication that is larger than Centrifugo reads")
    func large() async throws {
        var configuration = ProxyServer.Configuration.test()
        configuration.limits.maxAnswerSize = 1_000
        try await TestServer.run(
            unidirectional: { _ in
                UnidirectionalSubscription { writer in
                    await #expect(throws: InvalidPayload.self) {
                        try await writer.write(Publication(data: .text(String(repeating: "x", count: 1_000))))
                    }
                    try await writer.write(Publication(data: .bytes([0x31])))
                    return .finished
                }
            },
            configuration: configuration
        ) { _, connection async throws in
            let stream = connection.subscribe()
            _ = try await stream.reply()
            #expect(try await stream.texts() == ["1"])
        }
    }
}
