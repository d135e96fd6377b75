package import ProtobufWire

/// Extends a subscription or ends it.
public struct SubRefreshResult: Sendable, Equatable {
    /// Whether the subscription ends now.
    public var expired = false
    /// When the subscription has to be refreshed again, in Unix seconds; with 0 it never expires again.
    public var expireAt: Int64 = 0
    /// Replaces the information about this subscription that other clients see, if it is not empty.
    public var info = Payload.empty
    /// ``info`` as base64, for clients with binary encoding; set from it by the service.
    public var b64info = ""

    /// Makes a result; omitted values have their defaults.
    public init(
        expired: Bool = false,
        expireAt: Int64 = 0,
        info: Payload = .empty
    ) {
        self.expired = expired
        self.expireAt = expireAt
        self.info = info
    }
}

extension SubRefreshResult: ReplyResult {
    package static var wireName: StaticString { "SubRefreshResult" }
    package static var replyName: StaticString { "SubRefreshResponse" }

    package init() {}

    package mutating func decodeField(_ number: UInt32, from reader: inout WireReader) throws(WireError) {
        switch number {
        case 1: try reader.read(&expired, "expired")
        case 2: try reader.read(&expireAt, "expire_at")
        case 3: try reader.read(&info, "info")
        case 4: try reader.read(&b64info, "b64info")
        default: try reader.skip()
        }
    }

    package func encode(into writer: inout WireWriter) {
        writer.write(expired, field: 1)
        writer.write(expireAt, field: 2)
        writer.write(info, field: 3)
        writer.write(b64info, field: 4)
    }
}
