package import ProtobufWire

/// Extends a connection or ends it.
public struct RefreshResult: Sendable, Equatable {
    /// Whether the connection ends now.
    public var expired = false
    /// When the connection has to be refreshed again, in Unix seconds.
    ///
    /// 0 ends the connection, as `expired` does.
    public var expireAt: Int64 = 0
    /// Replaces the information about this connection that other clients see, if it is not empty.
    public var info = Payload.empty
    /// ``info`` as base64, for clients with binary encoding; set from it by the service.
    public var b64info = ""
    /// Replaces the JSON object that is attached to the connection, if it is not empty.
    public var meta = Payload.empty
    /// Replaces the connection's permissions in channels (Centrifugo PRO).
    public var caps: [ChannelsCapability] = []

    /// Makes a result; omitted values have their defaults.
    public init(
        expired: Bool = false,
        expireAt: Int64 = 0,
        info: Payload = .empty,
        meta: Payload = .empty,
        caps: [ChannelsCapability] = []
    ) {
        self.expired = expired
        self.expireAt = expireAt
        self.info = info
        self.meta = meta
        self.caps = caps
    }
}

extension RefreshResult: ReplyResult {
    package static var wireName: StaticString { "RefreshResult" }
    package static var replyName: StaticString { "RefreshResponse" }

    package init() {}

    package mutating func decodeField(_ number: UInt32, from reader: inout WireReader) throws(WireError) {
        switch number {
        case 1: try reader.read(&expired, "expired")
        case 2: try reader.read(&expireAt, "expire_at")
        case 3: try reader.read(&info, "info")
        case 4: try reader.read(&b64info, "b64info")
        case 5: try reader.read(&meta, "meta")
        case 6: try reader.read(&caps, "caps")
        default: try reader.skip()
        }
    }

    package func encode(into writer: inout WireWriter) {
        writer.write(expired, field: 1)
        writer.write(expireAt, field: 2)
        writer.write(info, field: 3)
        writer.write(b64info, field: 4)
        writer.write(meta, field: 5)
        writer.write(caps, field: 6)
    }
}
