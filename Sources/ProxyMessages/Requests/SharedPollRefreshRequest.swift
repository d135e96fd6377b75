package import ProtobufWire

/// A Centrifugo node asks for changes of the keys that its clients track.
public struct SharedPollRefreshRequest: Sendable, Equatable {
    /// The channel that the keys belong to.
    public var channel = ""
    /// The tracked keys.
    public var items: [SharedPollRefreshItem] = []

    /// Makes a request; omitted values have their defaults.
    public init(
        channel: String = "",
        items: [SharedPollRefreshItem] = []
    ) {
        self.channel = channel
        self.items = items
    }
}

extension SharedPollRefreshRequest: WireMessage {
    package static var wireName: StaticString { "SharedPollRefreshRequest" }

    package init() {}

    package mutating func decodeField(_ number: UInt32, from reader: inout WireReader) throws(WireError) {
        switch number {
        case 1: try reader.read(&channel, "channel")
        case 2: try reader.read(&items, "items")
        default: try reader.skip()
        }
    }

    package func encode(into writer: inout WireWriter) {
        writer.write(channel, field: 1)
        writer.write(items, field: 2)
    }
}
