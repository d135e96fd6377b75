package import ProtobufWire

/// Asks whether a client may subscribe to a channel.
public struct SubscribeRequest: PayloadRequest, Equatable {
    /// The id of the client's connection.
    public var client = ""
    /// The connection's transport, such as `websocket`.
    public var transport = ""
    /// The protocol the client speaks, `json` or `protobuf`.
    public var `protocol` = ""
    /// How payloads are encoded: `json` or `binary`.
    public var encoding = ""
    /// The id of the connection's user; empty for an anonymous one.
    public var user = ""
    /// The channel that the client wants to subscribe to.
    public var channel = ""
    /// The subscription token that the client sent, unchecked; Centrifugo 6.9.1 itself decides about clients with one.
    public var token = ""
    /// The JSON object that was attached to the connection; the client never sees it.
    ///
    /// It is empty unless the event's proxy has `include_connection_meta` in Centrifugo's configuration.
    public var meta = Payload.empty
    /// The data that the client sent, when `encoding` is `json`.
    public var data: [UInt8] = []
    /// The data that the client sent, as base64, when `encoding` is `binary`.
    public var b64data = ""
    /// The labels of the connection (Centrifugo PRO).
    public var labels: [String: String] = [:]

    /// Makes a request; omitted values have their defaults.
    public init(
        client: String = "",
        transport: String = "",
        `protocol`: String = "",
        encoding: String = "",
        user: String = "",
        channel: String = "",
        token: String = "",
        meta: Payload = .empty,
        data: [UInt8] = [],
        labels: [String: String] = [:]
    ) {
        self.client = client
        self.transport = transport
        self.protocol = `protocol`
        self.encoding = encoding
        self.user = user
        self.channel = channel
        self.token = token
        self.meta = meta
        self.data = data
        self.labels = labels
    }
}

extension SubscribeRequest: WireMessage {
    package static var wireName: StaticString { "SubscribeRequest" }

    package init() {}

    package mutating func decodeField(_ number: UInt32, from reader: inout WireReader) throws(WireError) {
        switch number {
        case 1: try reader.read(&client, "client")
        case 2: try reader.read(&transport, "transport")
        case 3: try reader.read(&`protocol`, "protocol")
        case 4: try reader.read(&encoding, "encoding")
        case 10: try reader.read(&user, "user")
        case 11: try reader.read(&channel, "channel")
        case 12: try reader.read(&token, "token")
        case 13: try reader.read(&meta, "meta")
        case 14: try reader.read(&data, "data")
        case 15: try reader.read(&b64data, "b64data")
        case 16: try reader.read(&labels, "labels")
        default: try reader.skip()
        }
    }

    package func encode(into writer: inout WireWriter) {
        writer.write(client, field: 1)
        writer.write(transport, field: 2)
        writer.write(`protocol`, field: 3)
        writer.write(encoding, field: 4)
        writer.write(user, field: 10)
        writer.write(channel, field: 11)
        writer.write(token, field: 12)
        writer.write(meta, field: 13)
        writer.write(data, field: 14)
        writer.write(b64data, field: 15)
        writer.write(labels, field: 16)
    }
}
