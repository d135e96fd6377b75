package import ProtobufWire

/// Acknowledges a batch of channel events; it has no fields.
public struct NotifyChannelStateResult: Sendable, Equatable {
    /// Makes the acknowledgement.
    public init() {}
}

extension NotifyChannelStateResult: ReplyResult {
    package static var wireName: StaticString { "NotifyChannelStateResult" }
    package static var replyName: StaticString { "NotifyChannelStateResponse" }
    package static var replyFields: ReplyFields { .resultAndError }

    package mutating func decodeField(_ number: UInt32, from reader: inout WireReader) throws(WireError) {
        try reader.skip()
    }

    package func encode(into writer: inout WireWriter) {}
}
