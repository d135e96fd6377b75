package import ProtobufWire

/// Grants permissions in a set of channels (Centrifugo PRO).
public struct ChannelsCapability: Sendable, Equatable {
    /// The channels, or patterns for them.
    public var channels: [String] = []
    /// The permissions, such as `pub` or `hst`.
    public var allow: [String] = []
    /// How the channels are matched: empty for exact names, `wildcard` or `regex`.
    public var match = ""

    /// Makes a capability; omitted values have their defaults.
    public init(
        channels: [String] = [],
        allow: [String] = [],
        match: String = ""
    ) {
        self.channels = channels
        self.allow = allow
        self.match = match
    }
}

extension ChannelsCapability: WireMessage {
    package static var wireName: StaticString { "ChannelsCapability" }

    package init() {}

    package mutating func decodeField(_ number: UInt32, from reader: inout WireReader) throws(WireError) {
        switch number {
        case 1: try reader.read(&channels, "channels")
        case 2: try reader.read(&allow, "allow")
        case 3: try reader.read(&match, "match")
        default: try reader.skip()
        }
    }

    package func encode(into writer: inout WireWriter) {
        writer.write(channels, field: 1)
        writer.write(allow, field: 2)
        writer.write(match, field: 3)
    }
}
