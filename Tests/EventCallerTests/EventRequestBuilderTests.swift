import CentrifugoProxy
import ProxyMessages
import Testing

@testable import EventCaller

@Suite struct EventRequestBuilderTests {
    private static func request(
        _ event: ProxyEvent,
        _ assignments: [String] = [],
        data: String? = nil,
        isBinary: Bool = false
    ) throws -> [UInt8] {
        var builder = EventRequestBuilder(event, isBinary: isBinary)
        for assignment in assignments { try builder.set(assignment) }
        if let data { try builder.setData(data) }
        return try builder.firstMessage()
    }

    private static let standard = "00000000-0000-0000-0000-000000000000"

    @Test("sets the given fields, and those that Centrifugo always sends")
    func connect() throws {
        let bytes = try Self.request(
            .connect,
            ["name=js", "channels=a", "transport=sse", "channels=b#1,2"],
            data: #"{"token":"x"}"#
        )
        #expect(
            try ConnectRequest(wireBytes: bytes)
                == ConnectRequest(
                    client: Self.standard,
                    transport: "sse",
                    protocol: "json",
                    encoding: "json",
                    data: Array(#"{"token":"x"}"#.utf8),
                    name: "js",
                    channels: ["a", "b#1,2"]
                )
        )
    }

    @Test("sends binary payloads as base64")
    func binary() throws {
        let request = try RPCRequest(wireBytes: Self.request(.rpc, data: "no JSON", isBinary: true))
        #expect(request.encoding == "binary")
        #expect(request.b64data == "bm8gSlNPTg==")
        #expect(request.data.isEmpty)
    }

    @Test("sends any text of a client with protobuf in the plain field")
    func protobuf() throws {
        let bytes = try Self.request(.rpc, ["protocol=protobuf"], data: "no JSON")
        let request = try RPCRequest(wireBytes: bytes)
        #expect(request.protocol == "protobuf" && request.encoding == "json")
        #expect(request.data == Array("no JSON".utf8) && request.b64data.isEmpty)
        var builder = EventRequestBuilder(.subscribeBidirectional)
        try builder.set("protocol=protobuf")
        #expect(throws: Never.self) { try builder.publication("no JSON") }
    }

    @Test("takes maps, messages, lists of messages and whole numbers")
    func kinds() throws {
        let rpc = try RPCRequest(wireBytes: Self.request(.rpc, ["labels.a.b=1", "labels.c=", "meta={}"]))
        #expect(rpc.labels == ["a.b": "1", "c": ""])
        #expect(rpc.meta == "{}")
        let poll = try SharedPollRefreshRequest(
            wireBytes: Self.request(
                .sharedPollRefresh,
                [#"items={"key":"a","version":18446744073709551615}"#, #"items={"key":"b"}"#]
            )
        )
        #expect(poll.items.map(\.key) == ["a", "b"])
        #expect(poll.items.map(\.version) == [.max, 0])
        let state = try NotifyChannelStateRequest(
            wireBytes: Self.request(.notifyChannelState, [#"events={"time_ms":-1,"type":"occupied"}"#])
        )
        #expect(state.events == [ChannelEvent(timeMs: -1, type: "occupied")])
    }

    @Test("wraps the request of a bidirectional stream, and what the client publishes")
    func bidirectional() throws {
        let first = try StreamSubscribeRequest(wireBytes: Self.request(.subscribeBidirectional, ["channel=chat"]))
        #expect(first.subscribeRequest?.channel == "chat")
        #expect(first.publication == nil)
        let later = try StreamSubscribeRequest(
            wireBytes: EventRequestBuilder(.subscribeBidirectional).publication("[1]")
        )
        #expect(later.subscribeRequest == nil)
        #expect(later.publication?.data.bytes == Array("[1]".utf8))
    }

    @Test("makes a request of every event", arguments: ProxyEvent.allCases)
    func everyEvent(event: ProxyEvent) throws {
        #expect(throws: Never.self) { try Self.request(event) }
    }

    @Test(
        "refuses unknown fields, and names the known ones",
        arguments: [
            (.refresh, "channel=a", "RefreshRequest has no field \"channel\": it has client, transport, protocol"),
            (.rpc, "user", "\"user\" is not NAME=VALUE"),
            (.rpc, "labels=a", "labels is a map: write labels.KEY=VALUE."),
            (.sharedPollRefresh, "items=[]", "items is a message: write a JSON object with key, version."),
            (.sharedPollRefresh, "items={\"version\":\"x\"}", "version is a whole number from 0 to"),
            (.sharedPollRefresh, "items={\"a\":1}", "SharedPollRefreshItem has no field \"a\": it has key, version."),
            (.sharedPollRefresh, "items={\"key\":{}}", "key does not take a JSON object."),
        ] as [(ProxyEvent, String, String)]
    )
    func refuses(event: ProxyEvent, assignment: String, sentence: String) {
        var builder = EventRequestBuilder(event)
        let mistake = #expect(throws: RequestError.self) { try builder.set(assignment) }
        #expect(mistake?.description.hasPrefix(sentence) == true, "\(mistake?.description ?? "")")
    }

    @Test("refuses data that is not JSON, and data for an event without data")
    func data() {
        #expect(throws: RequestError.self) { try Self.request(.rpc, data: "hi") }
        #expect(throws: RequestError.self) { try Self.request(.refresh, data: "{}") }
        #expect(throws: RequestError.self) { try EventRequestBuilder(.subscribeBidirectional).publication("hi") }
    }
}
