package import ProtobufWire

/// Accepts a publication, and may modify it.
public struct PublishResult: Sendable, Equatable {
    /// The data to publish instead of the client's; empty publishes the client's unchanged.
    public var data = Payload.empty
    /// ``data`` as base64, for clients with binary encoding; set from it by the service.
    public var b64data = ""
    /// Whether the publication stays out of the channel's history.
    public var skipHistory = false
    /// Tags of the publication.
    public var tags: [String: String] = [:]
    /// Identifies the publication, so that a repeated one is published only once.
    public var idempotencyKey = ""
    /// Whether subscribers may receive the difference from the previous publication.
    public var delta = false
    /// The version of the published document, 0 for none; a version older than the last one is dropped.
    public var version: UInt64 = 0
    /// The scope of the version; another epoch starts again.
    public var versionEpoch = ""

    /// Makes a result; omitted values have their defaults.
    public init(
        data: Payload = .empty,
        skipHistory: Bool = false,
        tags: [String: String] = [:],
        idempotencyKey: String = "",
        delta: Bool = false,
        version: UInt64 = 0,
        versionEpoch: String = ""
    ) {
        self.data = data
        self.skipHistory = skipHistory
        self.tags = tags
        self.idempotencyKey = idempotencyKey
        self.delta = delta
        self.version = version
        self.versionEpoch = versionEpoch
    }
}

extension PublishResult: ReplyResult {
    package static var wireName: StaticString { "PublishResult" }
    package static var replyName: StaticString { "PublishResponse" }

    package init() {}

    package mutating func decodeField(_ number: UInt32, from reader: inout WireReader) throws(WireError) {
        switch number {
        case 1: try reader.read(&data, "data")
        case 2: try reader.read(&b64data, "b64data")
        case 3: try reader.read(&skipHistory, "skip_history")
        case 4: try reader.read(&tags, "tags")
        case 5: try reader.read(&idempotencyKey, "idempotency_key")
        case 6: try reader.read(&delta, "delta")
        case 7: try reader.read(&version, "version")
        case 8: try reader.read(&versionEpoch, "version_epoch")
        default: try reader.skip()
        }
    }

    package func encode(into writer: inout WireWriter) {
        writer.write(data, field: 1)
        writer.write(b64data, field: 2)
        writer.write(skipHistory, field: 3)
        writer.write(tags, field: 4)
        writer.write(idempotencyKey, field: 5)
        writer.write(delta, field: 6)
        writer.write(version, field: 7)
        writer.write(versionEpoch, field: 8)
    }
}
