import ProxyMessages
import Testing

@testable import CentrifugoProxy

@Suite struct RoutedMessagesTests {
    // "one" and "two" as base64.
    private static let one = "b25l"
    private static let two = "dHdv"

    @Test("takes the encoding of the request that is answered")
    func requests() {
        let requests: [(json: any RoutedRequest, binary: any RoutedRequest)] = [
            (ConnectRequest(encoding: "json"), ConnectRequest(encoding: "binary")),
            (RefreshRequest(encoding: "json"), RefreshRequest(encoding: "binary")),
            (SubscribeRequest(encoding: "json"), SubscribeRequest(encoding: "binary")),
            (SubRefreshRequest(encoding: "json"), SubRefreshRequest(encoding: "binary")),
            (PublishRequest(encoding: "json"), PublishRequest(encoding: "binary")),
            (RPCRequest(encoding: "json"), RPCRequest(encoding: "binary")),
            (MapPublishRequest(encoding: "json"), MapPublishRequest(encoding: "binary")),
            (MapRemoveRequest(encoding: "json"), MapRemoveRequest(encoding: "binary")),
        ]
        for (json, binary) in requests {
            #expect(json.payloadEncoding == .json)
            #expect(binary.payloadEncoding == .binary)
        }
        let others: [any RoutedRequest] = [
            SharedPollRefreshRequest(), NotifyCacheEmptyRequest(), NotifyChannelStateRequest(),
        ]
        #expect(others.allSatisfy { $0.payloadEncoding == .none })
    }

    @Test("counts an unknown encoding as JSON")
    func unknownEncoding() {
        #expect(RPCRequest().payloadEncoding == .json)
        #expect(RPCRequest(encoding: "cbor").payloadEncoding == .json)
    }

    @Test("moves all payloads of a connect result, those of its subscriptions too")
    func connect() throws {
        let options = SubscribeOptions(info: .text("one"), data: .text("two"))
        var result = ConnectResult(
            info: .text("one"),
            data: .text("two"),
            subs: ["a": options, "b": options, "empty": SubscribeOptions(expireAt: 5)]
        )
        try result.encodePayloads(as: .binary)
        #expect(result.info.isEmpty && result.data.isEmpty)
        #expect(result.b64info == Self.one && result.b64data == Self.two)
        let moved = SubscribeOptions().with {
            $0.b64info = Self.one; $0.b64data = Self.two
        }
        #expect(result.subs == ["a": moved, "b": moved, "empty": SubscribeOptions(expireAt: 5)])
    }

    @Test("makes JSON of all payloads of a connect result")
    func connectAsJSON() throws {
        var result = ConnectResult(
            info: .text("one"),
            subs: ["a": SubscribeOptions(info: .text("one"), data: .text("two"))]
        )
        try result.encodePayloads(as: .json)
        #expect(result.info.text == #""one""#)
        #expect(result.subs["a"]?.info.text == #""one""#)
        #expect(result.subs["a"]?.data.text == #""two""#)
        #expect(result.b64info.isEmpty && result.subs["a"]?.b64data == "")
    }

    @Test(
        "refuses a connect result with a payload that JSON clients cannot read",
        arguments: [
            ConnectResult(info: .bytes([1])), ConnectResult(data: .bytes([1])),
            ConnectResult(subs: ["a": SubscribeOptions(info: .bytes([1]))]),
            ConnectResult(subs: ["a": SubscribeOptions(data: .bytes([1]))]),
        ]
    )
    func unsendable(result: ConnectResult) {
        var result = result
        #expect(throws: AnswerPayloadError.self) { try result.encodePayloads(as: .json) }
    }

    @Test(
        "sends only a JSON object as meta, whatever the client reads",
        arguments: [
            ("", true), ("{}", true), (" \n{\"a\":1}", true), ("[]", false), ("1", false), ("pro", false), ("{", false),
        ]
    )
    func meta(text: String, isSent: Bool) throws {
        for encoding in [PayloadEncoding.json, .binary, .protobuf, .binaryJSON] {
            for meta in [Payload.text(text), .bytes(Array(text.utf8))] {
                var connect = ConnectResult(meta: meta)
                var refresh = RefreshResult(meta: meta)
                guard isSent else {
                    #expect(throws: AnswerPayloadError.metaIsNotAnObject) { try connect.encodePayloads(as: encoding) }
                    #expect(throws: AnswerPayloadError.metaIsNotAnObject) { try refresh.encodePayloads(as: encoding) }
                    continue
                }
                try connect.encodePayloads(as: encoding)
                try refresh.encodePayloads(as: encoding)
                #expect(connect.meta.text == text && refresh.meta.text == text)
            }
        }
    }

    @Test("moves the payloads of each other result")
    func others() throws {
        var refresh = RefreshResult(info: .text("one"))
        try refresh.encodePayloads(as: .binary)
        #expect(refresh == RefreshResult().with { $0.b64info = Self.one })

        var subscribe = SubscribeResult(info: .text("one"), data: .text("two"))
        try subscribe.encodePayloads(as: .binary)
        #expect(
            subscribe
                == SubscribeResult().with {
                    $0.b64info = Self.one; $0.b64data = Self.two
                }
        )

        var subRefresh = SubRefreshResult(info: .text("one"))
        try subRefresh.encodePayloads(as: .binary)
        #expect(subRefresh == SubRefreshResult().with { $0.b64info = Self.one })

        var publish = PublishResult(data: .text("one"))
        try publish.encodePayloads(as: .binary)
        #expect(publish == PublishResult().with { $0.b64data = Self.one })

        var rpc = RPCResult(data: .text("one"))
        try rpc.encodePayloads(as: .binary)
        #expect(rpc == RPCResult().with { $0.b64data = Self.one })

        var mapPublish = MapPublishResult(data: .text("one"), streamData: .text("two"))
        try mapPublish.encodePayloads(as: .binary)
        #expect(
            mapPublish
                == MapPublishResult().with {
                    $0.b64data = Self.one; $0.b64streamData = Self.two
                }
        )
    }

    @Test("sends the items of a shared poll as they are")
    func sharedPoll() throws {
        let item = SharedPollRefreshResultItem(key: "k", data: .bytes([0xFF]))
        var result = SharedPollRefreshResult(items: [item])
        try result.encodePayloads(as: SharedPollRefreshRequest().payloadEncoding)
        #expect(result.items == [item])
    }
}
