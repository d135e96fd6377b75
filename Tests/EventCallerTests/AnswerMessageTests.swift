import CentrifugoProxy
import ProtobufWire
import ProxyMessages
import Testing

@testable import EventCaller

@Suite struct AnswerMessageTests {
    @Test("prints a result under its proto names")
    func result() throws {
        let reply = ConnectResponse(
            result: ConnectResult(
                user: "Ada \"✓\"",
                expireAt: -1,
                data: .bytes(Array("{\"a\":\n1}".utf8)),
                channels: ["a", ""],
                subs: [
                    "x": SubscribeOptions(override: SubscribeOptionOverride(presence: true, joinLeave: false)),
                    "y": SubscribeOptions(),
                ],
                meta: .bytes([0xFF]),
                labels: ["": "1", "k": ""]
            )
        )
        let message = try AnswerMessage(reply.wireBytes(), of: .connect)
        #expect(
            message.json == #"{"result":{"user":"Ada \"✓\"","expire_at":-1,"data":{"a": 1},"channels":["a",""],"#
                + #""subs":{"x":{"override":{"presence":true,"join_leave":false}},"y":{}},"meta":"/w==","#
                + #""labels":{"":"1","k":""}}}"#
        )
        #expect(!message.isRefusal)
    }

    @Test("escapes the control characters that JSON lets pass in strings")
    func controls() throws {
        let result = RPCResult(data: .bytes(Array("\"a\u{7F}\u{9B}31m\u{A0}✓\"".utf8)))
        let reply = RPCResponse(result: result)
        #expect(
            try AnswerMessage(reply.wireBytes(), of: .rpc).json
                == "{\"result\":{\"data\":\"a\\u007f\\u009b31m\u{A0}✓\"}}"
        )
        let refusal = RPCResponse(error: try CentrifugoError(code: 400, message: "\u{1B}[31m\n\u{9B}"))
        #expect(
            try AnswerMessage(refusal.wireBytes(), of: .rpc).json
                == #"{"error":{"code":400,"message":"\u001b[31m\u000a\u009b"}}"#
        )
    }

    @Test("distinguishes an empty result from a missing one")
    func empty() throws {
        #expect(
            try AnswerMessage(SubscribeResponse(result: SubscribeResult()).wireBytes(), of: .subscribe).json
                == #"{"result":{}}"#
        )
        #expect(try AnswerMessage([], of: .subscribe).json == "{}")
    }

    @Test("knows a refusal")
    func refusal() throws {
        let error = RPCResponse(error: try CentrifugoError(code: 1200, message: "no", temporary: true)).wireBytes()
        let message = try AnswerMessage(error, of: .rpc)
        #expect(message.isRefusal)
        #expect(message.json == #"{"error":{"code":1200,"message":"no","temporary":true}}"#)
        let disconnect = RPCResponse(disconnect: try Disconnect(code: 4600, reason: "no")).wireBytes()
        #expect(try AnswerMessage(disconnect, of: .rpc).isRefusal)
        let stream = StreamSubscribeResponse(
            subscribeResponse: SubscribeResponse(disconnect: try Disconnect(code: 4600, reason: "no"))
        )
        #expect(try AnswerMessage(stream.wireBytes(), of: .subscribeUnidirectional).isRefusal)
    }

    @Test("knows a publication")
    func publication() throws {
        let bytes = StreamSubscribeResponse(publication: Publication(data: "x", tags: ["a": "1"])).wireBytes()
        let message = try AnswerMessage(bytes, of: .subscribeBidirectional)
        #expect(message.isPublication)
        // Text that is not JSON.
        #expect(message.json == #"{"publication":{"data":"eA==","tags":{"a":"1"}}}"#)
    }

    @Test("omits unknown fields")
    func unknown() throws {
        // Field 100, a varint, before the result.
        #expect(try AnswerMessage([0xA0, 0x06, 0x01, 0x0A, 0x00], of: .rpc).json == #"{"result":{}}"#)
    }

    @Test(
        "refuses bytes that are not a message",
        arguments: [[0x0A, 0x05], [0x0F], [0x0A, 0x02, 0x0A, 0x05]] as [[UInt8]]
    )
    func malformed(bytes: [UInt8]) {
        #expect(throws: (any Error).self) { try AnswerMessage(bytes, of: .rpc) }
    }
}
