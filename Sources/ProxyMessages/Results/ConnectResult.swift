package import ProtobufWire

/// Accepts a connection, and sets its properties.
public struct ConnectResult: Sendable, Equatable {
    /// The id of the user; empty accepts the client as anonymous.
    public var user = ""
    /// When the connection has to be refreshed, in Unix seconds; 0 means never.
    ///
    /// A time in the past ends the connection with an error that SDKs do not recover from.
    public var expireAt: Int64 = 0
    /// The information about this connection that other clients see, in presence and join messages.
    public var info = Payload.empty
    /// ``info`` as base64, for clients with binary encoding; set from it by the service.
    public var b64info = ""
    /// The data that the client receives with the answer to its connect command.
    public var data = Payload.empty
    /// ``data`` as base64, for clients with binary encoding; set from it by the service.
    public var b64data = ""
    /// Channels that the server subscribes the client to.
    ///
    /// A channel of an unknown namespace makes the whole connect fail, and more than `client.channel_limit` (128)
    /// channels close the connection. A channel without a name is ignored.
    public var channels: [String] = []
    /// Channels that the server subscribes the client to, with options for each.
    public var subs: [String: SubscribeOptions] = [:]
    /// A JSON object that later requests of this connection contain; the client never sees it.
    ///
    /// Anything else, such as text that is not a JSON object, makes the call fail.
    ///
    /// Centrifugo sends it only to proxies with `include_connection_meta`.
    public var meta = Payload.empty
    /// The connection's permissions in channels (Centrifugo PRO).
    public var caps: [ChannelsCapability] = []
    /// Labels for the connection (Centrifugo PRO).
    public var labels: [String: String] = [:]

    /// Makes a result; omitted values have their defaults.
    public init(
        user: String = "",
        expireAt: Int64 = 0,
        info: Payload = .empty,
        data: Payload = .empty,
        channels: [String] = [],
        subs: [String: SubscribeOptions] = [:],
        meta: Payload = .empty,
        caps: [ChannelsCapability] = [],
        labels: [String: String] = [:]
    ) {
        self.user = user
        self.expireAt = expireAt
        self.info = info
        self.data = data
        self.channels = channels
        self.subs = subs
        self.meta = meta
        self.caps = caps
        self.labels = labels
    }
}

extension ConnectResult: ReplyResult {
    package static var wireName: StaticString { "ConnectResult" }
    package static var replyName: StaticString { "ConnectResponse" }

    package init() {}

    package mutating func decodeField(_ number: UInt32, from reader: inout WireReader) throws(WireError) {
        switch number {
        case 1: try reader.read(&user, "user")
        case 2: try reader.read(&expireAt, "expire_at")
        case 3: try reader.read(&info, "info")
        case 4: try reader.read(&b64info, "b64info")
        case 5: try reader.read(&data, "data")
        case 6: try reader.read(&b64data, "b64data")
        case 7: try reader.read(&channels, "channels")
        case 8: try reader.read(&subs, "subs")
        case 9: try reader.read(&meta, "meta")
        case 10: try reader.read(&caps, "caps")
        case 11: try reader.read(&labels, "labels")
        default: try reader.skip()
        }
    }

    package func encode(into writer: inout WireWriter) {
        writer.write(user, field: 1)
        writer.write(expireAt, field: 2)
        writer.write(info, field: 3)
        writer.write(b64info, field: 4)
        writer.write(data, field: 5)
        writer.write(b64data, field: 6)
        writer.write(channels, field: 7)
        writer.write(subs, field: 8)
        writer.write(meta, field: 9)
        writer.write(caps, field: 10)
        writer.write(labels, field: 11)
    }
}
