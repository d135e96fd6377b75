package import ProtobufWire

/// Accepts the change of a key and may change it.
public struct MapPublishResult: Sendable, Equatable {
    /// The key that is set instead of the client's; empty keeps that.
    public var key = ""
    /// What the key is set to instead of the client's data; empty keeps that.
    public var data = Payload.empty
    /// ``data`` as base64, for clients with binary encoding; set from it by the service.
    public var b64data = ""
    /// Tags that go with the change.
    public var tags: [String: String] = [:]
    /// Where the key sorts in an ordered map.
    public var score: Int64 = 0
    /// When the key is set: `if_new`, `if_exists`, or empty for always.
    public var keyMode = ""
    /// What the channel's stream carries instead of ``data``, if it is not empty.
    public var streamData = Payload.empty
    /// ``streamData`` as base64, for clients with binary encoding; set from it by the service.
    public var b64streamData = ""
    /// Names the change, so that one sent again is made once.
    public var idempotencyKey = ""
    /// Whether subscribers may receive the difference to the value before.
    public var delta = false
    /// The version of the value, 0 for none; one older than the last is dropped.
    public var version: UInt64 = 0
    /// What the version counts within; another epoch starts anew.
    public var versionEpoch = ""

    /// Makes a result; what is left out is at its default.
    public init(
        key: String = "",
        data: Payload = .empty,
        b64data: String = "",
        tags: [String: String] = [:],
        score: Int64 = 0,
        keyMode: String = "",
        streamData: Payload = .empty,
        b64streamData: String = "",
        idempotencyKey: String = "",
        delta: Bool = false,
        version: UInt64 = 0,
        versionEpoch: String = ""
    ) {
        self.key = key
        self.data = data
        self.b64data = b64data
        self.tags = tags
        self.score = score
        self.keyMode = keyMode
        self.streamData = streamData
        self.b64streamData = b64streamData
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
