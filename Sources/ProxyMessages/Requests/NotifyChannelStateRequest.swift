package import ProtobufWire

/// Channels got their first subscriber or lost their last (Centrifugo PRO).
///
/// Events may be repeated and out of order.
public struct NotifyChannelStateRequest: Sendable, Equatable {
    /// The events; new versions may send unknown types.
    public var events: [ChannelEvent] = []

    /// Makes a request; omitted values have their defaults.
    public init(events: [ChannelEvent] = []) {
        self.events = events
    }
}

extension NotifyChannelStateRequest: WireMessage {
    package static var wireName: StaticString { "NotifyChannelStateRequest" }

    package init() {}

    package mutating func decodeField(_ number: UInt32, from reader: inout WireReader) throws(WireError) {
        switch number {
        case 1: try reader.read(&events, "events")
        default: try reader.skip()
        }
    }

    package func encode(into writer: inout WireWriter) {
        writer.write(events, field: 1)
    }
}
