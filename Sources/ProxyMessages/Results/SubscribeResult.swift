package import ProtobufWire

/// Accepts a subscription, and sets its properties.
public struct SubscribeResult: Sendable, Equatable {
    /// When the subscription has to be refreshed, in Unix seconds; 0 means never.
    public var expireAt: Int64 = 0
    /// The information about this subscription that other clients see, in presence and join messages.
    public var info = Payload.empty
    /// ``info`` as base64, for clients with binary encoding; set from it by the service.
    public var b64info = ""
    /// The data that the client receives with the answer to its subscribe command.
    public var data = Payload.empty
    /// ``data`` as base64, for clients with binary encoding; set from it by the service.
    public var b64data = ""
    /// Channel options that differ for this subscription.
    public var override: SubscribeOptionOverride?
    /// The subscription's permissions in the channel (Centrifugo PRO).
    public var allow: [String] = []
    /// Which publications reach the subscription, by their tags (Centrifugo PRO).
    public var serverTagsFilter: FilterNode?

    /// Makes a result; omitted values have their defaults.
    public init(
        expireAt: Int64 = 0,
        info: Payload = .empty,
        data: Payload = .empty,
        override: SubscribeOptionOverride? = nil,
        allow: [String] = [],
        serverTagsFilter: FilterNode? = nil
    ) {
        self.expireAt = expireAt
        self.info = info
        self.data = data
        self.override = override
        self.allow = allow
        self.serverTagsFilter = serverTagsFilter
    }
}

extension SubscribeResult: ReplyResult {
    package static var wireName: StaticString { "SubscribeResult" }
    package static var replyName: StaticString { "SubscribeResponse" }

    /// Accepts with every value at its default.
    public init() {}

    package mutating func decodeField(_ number: UInt32, from reader: inout WireReader) throws(WireError) {
        switch number {
        case 1: try reader.read(&expireAt, "expire_at")
        case 2: try reader.read(&info, "info")
        case 3: try reader.read(&b64info, "b64info")
        case 4: try reader.read(&data, "data")
        case 5: try reader.read(&b64data, "b64data")
        case 6: try reader.read(&override, "override")
        case 7: try reader.read(&allow, "allow")
        case 8: try reader.read(&serverTagsFilter, "server_tags_filter")
        default: try reader.skip()
        }
    }

    package func encode(into writer: inout WireWriter) {
        writer.write(expireAt, field: 1)
        writer.write(info, field: 2)
        writer.write(b64info, field: 3)
        writer.write(data, field: 4)
        writer.write(b64data, field: 5)
        writer.write(override, field: 6)
        writer.write(allow, field: 7)
        writer.write(serverTagsFilter, field: 8)
    }
}
