package import ProtobufWire

/// Asks whether a client without a token may connect, and as which user.
public struct ConnectRequest: PayloadRequest, Equatable {
    /// The id of the client's connection.
    public var client = ""
    /// The connection's transport, such as `websocket`.
    public var transport = ""
    /// The protocol the client speaks, `json` or `protobuf`.
    public var `protocol` = ""
    /// How payloads are encoded: `json` or `binary`.
    public var encoding = ""
    /// The data that the client sent, when `encoding` is `json`.
    public var data: [UInt8] = []
    /// The data that the client sent, as base64, when `encoding` is `binary`.
    public var b64data = ""
    /// The name that the client's SDK or application gave itself.
    public var name = ""
    /// The version of the client's SDK or application.
    public var version = ""
    /// The channels that the client asks for; only those that the result names are subscribed to.
    public var channels: [String] = []

    /// Makes a request; omitted values have their defaults.
    public init(
        client: String = "",
        transport: String = "",
        `protocol`: String = "",
        encoding: String = "",
        data: [UInt8] = [],
        name: String = "",
        version: String = "",
        channels: [String] = []
    ) {
        self.client = client
        self.transport = transport
        self.protocol = `protocol`
        self.encoding = encoding
        self.data = data
        self.name = name
        self.version = version
        self.channels = channels
    }
}

extension ConnectRequest: WireMessage {
    package static var wireName: StaticString { "ConnectRequest" }

    package init() {}

    package mutating func decodeField(_ number: UInt32, from reader: inout WireReader) throws(WireError) {
        switch number {
        case 1: try reader.read(&client, "client")
        case 2: try reader.read(&transport, "transport")
        case 3: try reader.read(&`protocol`, "protocol")
        case 4: try reader.read(&encoding, "encoding")
        case 10: try reader.read(&data, "data")
        case 11: try reader.read(&b64data, "b64data")
        case 12: try reader.read(&name, "name")
        case 13: try reader.read(&version, "version")
        case 14: try reader.read(&channels, "channels")
        default: try reader.skip()
        }
    }

    package func encode(into writer: inout WireWriter) {
        writer.write(client, field: 1)
        writer.write(transport, field: 2)
        writer.write(`protocol`, field: 3)
        writer.write(encoding, field: 4)
        writer.write(data, field: 10)
        writer.write(b64data, field: 11)
        writer.write(name, field: 12)
        writer.write(version, field: 13)
        writer.write(channels, field: 14)
    }
}
