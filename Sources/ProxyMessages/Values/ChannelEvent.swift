package import ProtobufWire

/// A channel got its first subscriber or lost its last.
public struct ChannelEvent: Sendable, Equatable {
    /// When it happened, in Unix milliseconds.
    public var timeMs: Int64 = 0
    /// The channel.
    public var channel = ""
    /// What happened: `occupied` or `vacated`.
    public var type = ""

    /// Makes an event; omitted values have their defaults.
    public init(
        timeMs: Int64 = 0,
        channel: String = "",
        type: String = ""
    ) {
        self.timeMs = timeMs
        self.channel = channel
        self.type = type
    }
}

extension ChannelEvent: WireMessage {
    package static var wireName: StaticString { "ChannelEvent" }

    package init() {}

    package mutating func decodeField(_ number: UInt32, from reader: inout WireReader) throws(WireError) {
        switch number {
        case 1: try reader.read(&timeMs, "time_ms")
        case 2: try reader.read(&channel, "channel")
        case 3: try reader.read(&type, "type")
        default: try reader.skip()
        }
    }

    package func encode(into writer: inout WireWriter) {
        writer.write(timeMs, field: 1)
        writer.write(channel, field: 2)
        writer.write(type, field: 3)
    }
}
