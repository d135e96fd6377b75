package import ProtobufWire

/// A subscriber asked for a channel's latest publication, and the channel had none (Centrifugo PRO).
public struct NotifyCacheEmptyRequest: Sendable, Equatable {
    /// The channel without a publication.
    public var channel = ""

    /// Makes a request; omitted values have their defaults.
    public init(channel: String = "") {
        self.channel = channel
    }
}

extension NotifyCacheEmptyRequest: WireMessage {
    package static var wireName: StaticString { "NotifyCacheEmptyRequest" }

    package init() {}

    package mutating func decodeField(_ number: UInt32, from reader: inout WireReader) throws(WireError) {
        switch number {
        case 1: try reader.read(&channel, "channel")
        default: try reader.skip()
        }
    }

    package func encode(into writer: inout WireWriter) {
        writer.write(channel, field: 1)
    }
}
