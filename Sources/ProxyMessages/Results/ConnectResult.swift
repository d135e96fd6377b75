package import ProtobufWire

/// Accepts a connection and says what belongs to it.
public struct ConnectResult: Sendable, Equatable {
    /// The id of the user; empty accepts the client as anonymous.
    public var user = ""
    /// When the connection has to be refreshed, in Unix seconds; 0 means never.
    ///
    /// A time in the past ends the connection with an error that SDKs do not recover from.
    public var expireAt: Int64 = 0
    /// What other clients see about this connection, in presence and join messages.
    public var info = Payload.empty
    /// ``info`` as base64, for clients with binary encoding; set from it by the service.
    public var b64info = ""
    /// What the client receives with the answer to its connect command.
    public var data = Payload.empty
    /// ``data`` as base64, for clients with binary encoding; set from it by the service.
    public var b64data = ""
    /// Channels that the client is subscribed to by the server.
    ///
    /// One of an unknown namespace fails the whole connect, and more than `client.channel_limit` (128) close it. One
    /// without a name is left out.
    public var channels: [String] = []
    /// Channels that the client is subscribed to by the server, with options for each.
    public var subs: [String: SubscribeOptions] = [:]
    /// A JSON object that comes back with later requests of this connection; the client never sees it.
    ///
    /// Centrifugo sends it to proxies with `include_connection_meta` alone.
    public var meta: [UInt8] = []
    /// What the connection may do in which channels (Centrifugo PRO).
    public var caps: [ChannelsCapability] = []
    /// Labels for the connection (Centrifugo PRO).
    public var labels: [String: String] = [:]

    /// Makes a result; what is left out is at its default.
    public init(
        user: String = "",
        expireAt: Int64 = 0,
        info: Payload = .empty,
        b64info: String = "",
        data: Payload = .empty,
        b64data: String = "",
        channels: [String] = [],
        subs: [String: SubscribeOptions] = [:],
        meta: [UInt8] = [],
        caps: [ChannelsCapability] = [],
        labels: [String: String] = [:]
    ) {
        self.user = user
        self.expireAt = expireAt
        self.info = info
        self.b64info = b64info
        self.data = data
        self.b64data = b64data
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
