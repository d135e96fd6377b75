package import ProtobufWire

/// Accepts the change of a key, and may modify it.
public struct MapPublishResult: Sendable, Equatable {
    /// The key to set instead of the client's; empty keeps the client's.
    public var key = ""
    /// The data to set instead of the client's; empty keeps the client's.
    public var data = Payload.empty
    /// ``data`` as base64, for clients with binary encoding; set from it by the service.
    public var b64data = ""
    /// Tags of the change.
    public var tags: [String: String] = [:]
    /// The key's position in an ordered map.
    public var score: Int64 = 0
    /// When the key is set: `if_new`, `if_exists`, or empty for always.
    public var keyMode = ""
    /// The data for the channel's stream instead of ``data``, if it is not empty.
    public var streamData = Payload.empty
    /// ``streamData`` as base64, for clients with binary encoding; set from it by the service.
    public var b64streamData = ""
    /// Identifies the change, so that a repeated one is made only once.
    public var idempotencyKey = ""
    /// Whether subscribers may receive the difference from the previous value.
    public var delta = false
    /// The version of the value, 0 for none; a version older than the last one is dropped.
    public var version: UInt64 = 0
    /// The scope of the version; another epoch starts again.
    public var versionEpoch = ""

    /// Makes a result; omitted values have their defaults.
    public init(
        key: String = "",
        data: Payload = .empty,
        tags: [String: String] = [:],
        score: Int64 = 0,
        keyMode: String = "",
        streamData: Payload = .empty,
        idempotencyKey: String = "",
        delta: Bool = false,
        version: UInt64 = 0,
        versionEpoch: String = ""
    ) {
        self.key = key
        self.data = data
        self.tags = tags
        self.score = score
        self.keyMode = keyMode
        self.streamData = streamData
        self.idempotencyKey = idempotencyKey
        self.delta = delta
        self.version = version
        self.versionEpoch = versionEpoch
    }
}

extension MapPublishResult: ReplyResult {
    package static var wireName: StaticString { "MapPublishResult" }
    package static var replyName: StaticString { "MapPublishResponse" }

    package init() {}

    package mutating func decodeField(_ number: UInt32, from reader: inout WireReader) throws(WireError) {
        switch number {
        case 1: try reader.read(&key, "key")
        case 2: try reader.read(&data, "data")
        case 3: try reader.read(&b64data, "b64data")
        case 4: try reader.read(&tags, "tags")
        case 5: try reader.read(&score, "score")
        case 6: try reader.read(&keyMode, "key_mode")
        case 7: try reader.read(&streamData, "stream_data")
        case 8: try reader.read(&b64streamData, "b64stream_data")
        case 9: try reader.read(&idempotencyKey, "idempotency_key")
        case 10: try reader.read(&delta, "delta")
        case 11: try reader.read(&version, "version")
        case 12: try reader.read(&versionEpoch, "version_epoch")
        default: try reader.skip()
        }
    }

    package func encode(into writer: inout WireWriter) {
        writer.write(key, field: 1)
        writer.write(data, field: 2)
        writer.write(b64data, field: 3)
        writer.write(tags, field: 4)
        writer.write(score, field: 5)
        writer.write(keyMode, field: 6)
        writer.write(streamData, field: 7)
        writer.write(b64streamData, field: 8)
        writer.write(idempotencyKey, field: 9)
        writer.write(delta, field: 10)
        writer.write(version, field: 11)
        writer.write(versionEpoch, field: 12)
    }
}
