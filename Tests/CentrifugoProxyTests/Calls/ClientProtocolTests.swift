import CentrifugoProxy
import CentrifugoProxyTesting
import HTTP2FrameKit
import ProtobufWire
import Testing

/// A kind of client: the protocol that it speaks, and how its payloads are transferred in requests.
///
/// All four exist: the encoding says how the proxy is configured, and not what the client reads.
struct ClientKind: CustomTestStringConvertible, Sendable {
    let `protocol`: String
    let encoding: String
    var readsJSON: Bool { `protocol` == "json" }

    var testDescription: String { "\(`protocol`) in \(encoding)" }

    static let all = ["json", "protobuf"].flatMap { name in
        ["json", "binary"].map { ClientKind(protocol: name, encoding: $0) }
    }

    /// The request's fields for what the client sends.
    func sending(_ bytes: [UInt8]) -> (data: [UInt8], b64data: String) {
        encoding == "binary" ? ([], base64(bytes)) : (bytes, "")
    }

    /// The bytes of a payload in an answer, which is in the field that the encoding names and in no other.
    func received(_ plain: Payload, _ base64: String) throws -> [UInt8] {
        try #require(encoding == "binary" ? plain.isEmpty : base64.isEmpty)
        return encoding == "binary" ? try bytes(ofBase64: base64) : plain.bytes
    }

    private func base64(_ bytes: [UInt8]) -> String { ClientPayload.base64(bytes) }

    private func bytes(ofBase64 text: String) throws -> [UInt8] {
        try #require(ClientPayload.bytes(ofBase64: text))
    }
}

/// What each kind of client may be sent, by events and fields.
@Suite(.serialized, .timeLimit(.minutes(1))) struct ClientProtocolTests {
    /// Handlers that answer what the client has sent, in the field that the channel or the method names.
    private actor Echo: ConnectHandler, RefreshHandler, SubscribeHandler, SubRefreshHandler, PublishHandler, RPCHandler,
        MapPublishHandler
    {
        let payload: Payload

        init(_ payload: Payload) {
            self.payload = payload
        }

        func connect(_ request: ConnectRequest, context: CallContext) async throws -> ConnectResult {
            switch request.name {
            case "data": ConnectResult(data: payload)
            case "info": ConnectResult(info: payload)
            case "data in subs": ConnectResult(subs: ["a": SubscribeOptions(data: payload)])
            default: ConnectResult(subs: ["a": SubscribeOptions(info: payload)])
            }
        }

        func refresh(_ request: RefreshRequest, context: CallContext) async throws -> RefreshResult {
            RefreshResult(info: payload)
        }

        func subscribe(_ request: SubscribeRequest, context: CallContext) async throws -> SubscribeResult {
            request.channel == "data" ? SubscribeResult(data: payload) : SubscribeResult(info: payload)
        }

        func subRefresh(_ request: SubRefreshRequest, context: CallContext) async throws -> SubRefreshResult {
            SubRefreshResult(info: payload)
        }

        func publish(_ request: PublishRequest, context: CallContext) async throws -> PublishResult {
            PublishResult(data: payload)
        }

        func rpc(_ request: RPCRequest, context: CallContext) async throws -> RPCResult {
            RPCResult(data: request.method == "echo" ? try request.payload : payload)
        }

        func mapPublish(_ request: MapPublishRequest, context: CallContext) async throws -> MapPublishResult {
            request.channel == "data" ? MapPublishResult(data: payload) : MapPublishResult(streamData: payload)
        }

        nonisolated var service: ProxyService {
            ProxyService(
                connect: self,
                refresh: self,
                subscribe: self,
                subRefresh: self,
                publish: self,
                rpc: self,
                mapPublish: self
            )
        }
    }

    /// A field of an answer.
    private struct Field {
        let name: String
        /// Whether only the client that is answered reads it.
        let isTheClients: Bool
        let event: ProxyEvent
        let request: @Sendable (ClientKind) -> any WireMessage
        /// The field's bytes in an answer.
        let read: @Sendable ([UInt8], ClientKind) throws -> [UInt8]

        init<Result: ReplyResult>(
            _ name: String,
            theClients: Bool = false,
            _ event: ProxyEvent,
            _ request: @escaping @Sendable (ClientKind) -> some WireMessage,
            _ read: @escaping @Sendable (Result, ClientKind) throws -> [UInt8]
        ) {
            self.name = name
            isTheClients = theClients
            self.event = event
            self.request = { request($0) }
            self.read = { try read(try #require(Reply<Result>(wireBytes: $0).result), $1) }
        }
    }

    private static let fields: [Field] = [
        Field("rpc data", theClients: true, .rpc) {
            RPCRequest(protocol: $0.protocol, encoding: $0.encoding)
        } _: { (result: RPCResult, kind) in
            try kind.received(result.data, result.b64data)
        },
        Field("connect data", theClients: true, .connect) {
            ConnectRequest(protocol: $0.protocol, encoding: $0.encoding, name: "data")
        } _: { (result: ConnectResult, kind) in
            try kind.received(result.data, result.b64data)
        },
        Field("connect data in subs", theClients: true, .connect) {
            ConnectRequest(protocol: $0.protocol, encoding: $0.encoding, name: "data in subs")
        } _: { (result: ConnectResult, kind) in
            let options = try #require(result.subs["a"])
            return try kind.received(options.data, options.b64data)
        },
        Field("connect info", .connect) {
            ConnectRequest(protocol: $0.protocol, encoding: $0.encoding, name: "info")
        } _: { (result: ConnectResult, kind) in
            try kind.received(result.info, result.b64info)
        },
        Field("connect info in subs", .connect) {
            ConnectRequest(protocol: $0.protocol, encoding: $0.encoding, name: "info in subs")
        } _: { (result: ConnectResult, kind) in
            let options = try #require(result.subs["a"])
            return try kind.received(options.info, options.b64info)
        },
        Field("refresh info", .refresh) {
            RefreshRequest(protocol: $0.protocol, encoding: $0.encoding)
        } _: { (result: RefreshResult, kind) in
            try kind.received(result.info, result.b64info)
        },
        Field("subscribe data", theClients: true, .subscribe) {
            SubscribeRequest(protocol: $0.protocol, encoding: $0.encoding, channel: "data")
        } _: { (result: SubscribeResult, kind) in
            try kind.received(result.data, result.b64data)
        },
        Field("subscribe info", .subscribe) {
            SubscribeRequest(protocol: $0.protocol, encoding: $0.encoding, channel: "info")
        } _: { (result: SubscribeResult, kind) in
            try kind.received(result.info, result.b64info)
        },
        Field("sub refresh info", .subRefresh) {
            SubRefreshRequest(protocol: $0.protocol, encoding: $0.encoding)
        } _: { (result: SubRefreshResult, kind) in
            try kind.received(result.info, result.b64info)
        },
        Field("publish data", .publish) {
            PublishRequest(protocol: $0.protocol, encoding: $0.encoding)
        } _: { (result: PublishResult, kind) in
            try kind.received(result.data, result.b64data)
        },
        Field("map publish data", .mapPublish) {
            MapPublishRequest(protocol: $0.protocol, encoding: $0.encoding, channel: "data")
        } _: { (result: MapPublishResult, kind) in
            try kind.received(result.data, result.b64data)
        },
        Field("map publish stream data", .mapPublish) {
            MapPublishRequest(protocol: $0.protocol, encoding: $0.encoding, channel: "stream data")
        } _: { (result: MapPublishResult, kind) in
            try kind.received(result.streamData, result.b64streamData)
        },
    ]

    private static let payloads: [Payload] = [
        .bytes(Array(#"{"n":1}"#.utf8)), .bytes([0x7B]), .bytes([0xFF, 0x00, 0xFE]), .text("a \"b\""),
    ]

    /// What a client receives for a payload; nil when it cannot be sent, since a client could not read it.
    private static func expected(_ payload: Payload, for kind: ClientKind, isTheClients: Bool) -> [UInt8]? {
        if payload == .text("a \"b\"") {
            return kind.encoding == "json" || kind.readsJSON ? Array(#""a \"b\"""#.utf8) : payload.bytes
        }
        let isJSON = payload.bytes == Array(#"{"n":1}"#.utf8)
        let isChecked = kind.readsJSON || (kind.encoding == "json" && !isTheClients)
        return isJSON || !isChecked ? payload.bytes : nil
    }

    @Test("checks JSON where clients with JSON read it", arguments: ClientKind.all, payloads.indices)
    func answers(kind: ClientKind, index: Int) async throws {
        let payload = Self.payloads[index]
        let service = Echo(payload).service
        try await TestServer.run(service) { server async throws in
            let connection = try await server.connect()
            for field in Self.fields {
                let expected = Self.expected(payload, for: kind, isTheClients: field.isTheClients)
                let answer = try await connection.answer(to: connection.start(field.event, field.request(kind)))
                let name = Comment(rawValue: "\(field.name) to \(kind.testDescription)")
                #expect(answer.grpcStatus == (expected == nil ? "13" : "0"), name)
                let found = answer.body.isEmpty ? nil : try field.read(Array(answer.body.dropFirst(5)), kind)
                #expect(found == expected, name)
            }
        }
    }

    @Test("returns to each client what it has sent", arguments: ClientKind.all)
    func echo(kind: ClientKind) async throws {
        let service = Echo(.empty).service
        try await TestServer.run(service) { server async throws in
            let connection = try await server.connect()
            for bytes in [[0x7B], [0xFF, 0x00], Array(#"{"a":"ü"}"#.utf8), Array("text".utf8), []] as [[UInt8]]
            where !kind.readsJSON || bytes.first == 0x7B && bytes.count > 1 {
                let (data, b64data) = kind.sending(bytes)
                let request = RPCRequest(
                    protocol: kind.protocol,
                    encoding: kind.encoding,
                    method: "echo",
                    data: data
                ).with { $0.b64data = b64data }
                let response: RPCResponse = try await connection.call(.rpc, request)
                let result = try #require(response.result)
                #expect(try kind.received(result.data, result.b64data) == bytes)
            }
        }
    }

    @Test("returns what a client of an unknown protocol sends", arguments: ["", "cbor"])
    func unknownProtocol(name: String) async throws {
        try await TestServer.run(Echo(.empty).service) { server async throws in
            let connection = try await server.connect()
            let binary = RPCRequest(protocol: name, encoding: "binary", method: "echo").with { $0.b64data = "/wA=" }
            let response: RPCResponse = try await connection.call(.rpc, binary)
            #expect(response.result?.b64data == "/wA=")
            let plain = RPCRequest(protocol: name, encoding: "json", method: "echo", data: [0xFF])
            #expect(try await connection.answer(to: connection.start(.rpc, plain)).grpcStatus == "13")
        }
    }
}
