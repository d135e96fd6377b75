package import ProtobufWire

/// Data in a stream subscription: to the client, or from it.
public struct Publication: Sendable, Equatable {
    /// The published data.
    public var data = Payload.empty
    /// Tags of the publication.
    public var tags: [String: String] = [:]

    /// Makes a publication; omitted values have their defaults.
    public init(
        data: Payload = .empty,
        tags: [String: String] = [:]
    ) {
        self.data = data
        self.tags = tags
    }
}

extension Publication: WireMessage {
    package static var wireName: StaticString { "Publication" }

    package init() {}

    package mutating func decodeField(_ number: UInt32, from reader: inout WireReader) throws(WireError) {
        switch number {
        case 4: try reader.read(&data, "data")
        case 7: try reader.read(&tags, "tags")
        default: try reader.skip()
        }
    }

    package func encode(into writer: inout WireWriter) {
        writer.write(data, field: 4)
        writer.write(tags, field: 7)
    }
}
