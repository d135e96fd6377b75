import ProxyMessages
import Testing

/// Single messages of the recordings in Tests/CentrifugoWire, as they read for a human.
@Suite struct CentrifugoWireRequestTests {
    struct Row: Sendable, CustomTestStringConvertible {
        let file: String
        let stream: UInt32
        var message = 0
        let expected: any WireMessage

        var testDescription: String { "\(file) \(stream)" }
    }

    @Test("reads what Centrifugo said", arguments: calls + channels + maps + streams)
    func message(row: Row) throws {
        let recording = try #require(try WireRecording.all().first { $0.file == row.file })
        let call = try #require(try WireReading(recording.sent()).calls[row.stream])
        let bytes = try call.messages()[row.message]
        let message = try call.event.message(bytes)
        #expect("\(message)" == "\(row.expected)")
        #expect(bytes == row.expected.wireBytes())
    }

    private static let calls = [
        Row(
            file: "02-rpc.bin",
            stream: 1,
            expected: RPCRequest(
                client: "6abee494-522b-4661-9e79-232311df47d0",
                transport: "websocket",
                protocol: "json",
                encoding: "json",
                user: "alice",
                method: "request",
                data: Array("{}".utf8),
                meta: .bytes(Array(#"{"token":"ok:alice"}"#.utf8))
            )
        ),
        Row(
            file: "19-rpc-gzip.bin",
            stream: 1,
            expected: RPCRequest(
                client: "46f4ee3b-d23a-4789-9d9d-37d52cd0b120",
                transport: "websocket",
                protocol: "json",
                encoding: "json",
                user: "alice",
                method: "request",
                data: Array("{}".utf8),
                meta: .bytes(Array(#"{"token":"ok:alice"}"#.utf8))
            )
        ),
        Row(
            file: "18-connect-gzip.bin",
            stream: 1,
            expected: ConnectRequest(
                client: "46f4ee3b-d23a-4789-9d9d-37d52cd0b120",
                transport: "websocket",
                protocol: "json",
                encoding: "json",
                data: Array(#"{"authToken": "ok:alice"}"#.utf8),
                name: "python"
            )
        ),
        Row(
            file: "32-connect-gzip.bin",
            stream: 1,
            expected: ConnectRequest(
                client: "e9993cf5-1421-41da-9497-d5666b620f6f",
                transport: "websocket",
                protocol: "protobuf",
                encoding: "binary",
                name: "python"
            ).with { $0.b64data = "eyJhdXRoVG9rZW4iOiAiZXhwaXJlOmJpbm55In0=" }
        ),
        Row(
            file: "20-refresh-gzip.bin",
            stream: 1,
            expected: RefreshRequest(
                client: "e900d40e-5753-4cef-81e8-4e31f359785c",
                transport: "websocket",
                protocol: "json",
                encoding: "json",
                user: "stay21261x5",
                meta: .bytes(Array(#"{"token":"expire:stay21261x5"}"#.utf8))
            )
        ),
    ]

    private static let channels = [
        Row(
            file: "06-subscribe.bin",
            stream: 1,
            expected: SubscribeRequest(
                client: "75308617-b80b-4725-a8bf-065f53a0e22b",
                transport: "websocket",
                protocol: "json",
                encoding: "json",
                user: "u21222x29",
                channel: "sub:ok.u21222x29",
                meta: .bytes(Array(#"{"token":"ok:u21222x29"}"#.utf8)),
                data: Array(#"{"want": 1}"#.utf8)
            )
        ),
        Row(
            file: "24-subrefresh-gzip.bin",
            stream: 1,
            expected: SubRefreshRequest(
                client: "7f4fb771-1e7f-4f85-936e-a7c326f813b2",
                transport: "websocket",
                protocol: "json",
                encoding: "json",
                user: "u21261x37",
                channel: "sub:expire.keepu21261x37",
                meta: .bytes(Array(#"{"token":"ok:u21261x37"}"#.utf8))
            )
        ),
        Row(
            file: "10-publish.bin",
            stream: 3,
            expected: PublishRequest(
                client: "70a0f5e9-1e25-43bf-9463-b2d7e2244ba7",
                transport: "websocket",
                protocol: "protobuf",
                encoding: "binary",
                user: "bin",
                channel: "bin:room",
                meta: .bytes(Array(#"{"token":"ok:bin"}"#.utf8))
            ).with { $0.b64data = "eyJ0ZXh0IjogImIifQ==" }
        ),
    ]

    private static let maps = [
        Row(
            file: "12-mappublish.bin",
            stream: 1,
            expected: MapPublishRequest(
                client: "f0338aa0-5a61-43d0-bfd5-ebc1e67686a2",
                transport: "websocket",
                protocol: "json",
                encoding: "json",
                user: "u21222x63",
                channel: "map:mu21222x63",
                key: "plain",
                data: Array(#"{"k": "plain"}"#.utf8),
                meta: .bytes(Array(#"{"token":"ok:u21222x63"}"#.utf8))
            )
        ),
        Row(
            file: "13-mapremove.bin",
            stream: 1,
            expected: MapRemoveRequest(
                client: "0cf75076-ad6d-4006-8dd5-549e4677f7c0",
                transport: "websocket",
                protocol: "json",
                encoding: "json",
                user: "u21222x65",
                channel: "map:mu21222x64",
                key: "protected",
                meta: .bytes(Array(#"{"token":"ok:u21222x65"}"#.utf8))
            )
        ),
        Row(
            file: "14-sharedpollrefresh.bin",
            stream: 5,
            expected: SharedPollRefreshRequest(
                channel: "poll:pu21222x66",
                items: [SharedPollRefreshItem(key: "a", version: 1), SharedPollRefreshItem(key: "b", version: 2)]
            )
        ),
    ]

    private static let streams = [
        Row(
            file: "11-subscribebidirectional+subscribeunidirectional.bin",
            stream: 1,
            expected: SubscribeRequest(
                client: "bd9c5863-37be-4016-b8a6-7ffdfe79fb89",
                transport: "websocket",
                protocol: "json",
                encoding: "json",
                user: "u21222x55",
                channel: "uni:count.5",
                meta: .bytes(Array(#"{"token":"ok:u21222x55"}"#.utf8))
            )
        ),
        Row(
            file: "28-subscribebidirectional+subscribeunidirectional-gzip.bin",
            stream: 49,
            expected: StreamSubscribeRequest(
                subscribeRequest: SubscribeRequest(
                    client: "ef6c9a19-83dd-4535-a7f3-160fa4836100",
                    transport: "websocket",
                    protocol: "json",
                    encoding: "json",
                    user: "u21261x61",
                    channel: "bidi:echo",
                    meta: .bytes(Array(#"{"token":"ok:u21261x61"}"#.utf8))
                )
            )
        ),
        Row(
            file: "28-subscribebidirectional+subscribeunidirectional-gzip.bin",
            stream: 49,
            message: 20,
            expected: StreamSubscribeRequest(publication: Publication(data: .bytes(Array(#"{"i": 19}"#.utf8))))
        ),
    ]
}
