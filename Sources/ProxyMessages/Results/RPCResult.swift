package import ProtobufWire

/// The result of a method.
public struct RPCResult: Sendable, Equatable {
    /// The data that the client receives.
    public var data = Payload.empty
    /// ``data`` as base64, for clients with binary encoding; set from it by the service.
    public var b64data = ""

    /// Makes a result; omitted values have their defaults.
    public init(
        data: Payload = .empty
    ) {
        self.data = data
    }
}

extension RPCResult: ReplyResult {
    package static var wireName: StaticString { "RPCResult" }
    package static var replyName: StaticString { "RPCResponse" }

    package init() {}

    package mutating func decodeField(_ number: UInt32, from reader: inout WireReader) throws(WireError) {
        switch number {
        case 1: try reader.read(&data, "data")
        case 2: try reader.read(&b64data, "b64data")
        default: try reader.skip()
        }
    }

    package func encode(into writer: inout WireWriter) {
        writer.write(data, field: 1)
        writer.write(b64data, field: 2)
    }
}
