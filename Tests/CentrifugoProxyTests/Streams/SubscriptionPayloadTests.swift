import CentrifugoProxy
import CentrifugoProxyTesting
import HTTP2FrameKit
import Testing

/// The payloads of publications that handlers write, by what the client reads.
@Suite(.serialized, .timeLimit(.minutes(1))) struct SubscriptionPayloadTests {
    /// What `write` is given, what a JSON client gets of it (nil: nothing, an error), and one with binary encoding; a
    /// client with protobuf and JSON encoding gets the first, unless that is nothing, and else the second.
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
        let subscribe: Subscriptions.Unidirectional = { _ in
            UnidirectionalSubscription { writer in
                do {
                    try await writer.write(Publication(data: payload, tags: ["k": "v"]))
                } catch is PayloadError {
                    try await writer.write(Publication(data: try .json("refused")))
                }
                return .finished
            }
        }
        let checked = json ?? #""refused""#
        let client = TestClient(subscribeUnidirectional: Subscriptions(unidirectional: subscribe))
        try await TestServer.run(unidirectional: subscribe, configuration: .test(executor)) {
            _,
            connection async throws in
            for (kind, encoding, expected) in [
                ("json", "json", checked), ("json", "binary", checked), ("protobuf", "json", json ?? binary),
                ("protobuf", "binary", binary), ("", "json", checked), ("", "binary", binary), ("", "", checked),
            ] {
                let stream = connection.subscribe(protocol: kind, encoding: encoding)
                _ = try await stream.reply()
                let inMemory = try await client.with {
                    $0.protocol = kind
                    $0.encoding = encoding
                }.subscribeUnidirectional(to: "")
                for publication in [try await stream.next()?.publication, await inMemory.next()] {
                    let publication = try #require(publication)
                    #expect(
                        String(decoding: publication.data.bytes, as: UTF8.self) == expected,
                        "\(kind) in \(encoding)"
                    )
                    #expect(expected.contains("refused") || publication.tags == ["k": "v"])
                }
                #expect(try await stream.end() == "0")
                #expect(await inMemory.end() == .ok)
            }
        }
    }

    @Test("interrupts when the handler rethrows the error of an invalid payload", arguments: ProxyServer.Executor.all)
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
                    await #expect(throws: PayloadError.self) {
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
