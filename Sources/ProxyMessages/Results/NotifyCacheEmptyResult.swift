package import ProtobufWire

/// Says whether the channel was filled.
public struct NotifyCacheEmptyResult: Sendable, Equatable {
    /// Whether the channel now has a publication, so that Centrifugo reads it again.
    public var populated = false

    /// Makes a result; omitted values have their defaults.
    public init(populated: Bool = false) {
        self.populated = populated
    }
}

extension NotifyCacheEmptyResult: ReplyResult {
    package static var wireName: StaticString { "NotifyCacheEmptyResult" }
    package static var replyName: StaticString { "NotifyCacheEmptyResponse" }
    package static var replyFields: ReplyFields { .result }

    package init() {}

    package mutating func decodeField(_ number: UInt32, from reader: inout WireReader) throws(WireError) {
        switch number {
        case 1: try reader.read(&populated, "populated")
        default: try reader.skip()
        }
    }

    package func encode(into writer: inout WireWriter) {
        writer.write(populated, field: 1)
    }
}
