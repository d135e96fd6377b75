package import ProtobufWire

/// Accepts the removal of a key, and may modify it.
public struct MapRemoveResult: Sendable, Equatable {
    /// The key to remove instead of the client's; empty keeps the client's.
    public var key = ""
    /// Tags of the removal.
    public var tags: [String: String] = [:]
    /// Identifies the removal, so that a repeated one is made only once.
    public var idempotencyKey = ""

    /// Makes a result; omitted values have their defaults.
    public init(
        key: String = "",
        tags: [String: String] = [:],
        idempotencyKey: String = ""
    ) {
        self.key = key
        self.tags = tags
        self.idempotencyKey = idempotencyKey
    }
}

extension MapRemoveResult: ReplyResult {
    package static var wireName: StaticString { "MapRemoveResult" }
    package static var replyName: StaticString { "MapRemoveResponse" }

    package init() {}

    package mutating func decodeField(_ number: UInt32, from reader: inout WireReader) throws(WireError) {
        switch number {
        case 1: try reader.read(&key, "key")
        case 2: try reader.read(&tags, "tags")
        case 3: try reader.read(&idempotencyKey, "idempotency_key")
        default: try reader.skip()
        }
    }

    package func encode(into writer: inout WireWriter) {
        writer.write(key, field: 1)
        writer.write(tags, field: 2)
        writer.write(idempotencyKey, field: 3)
    }
}
