package import ProtobufWire

/// A tracked key that changed.
public struct SharedPollRefreshResultItem: Sendable, Equatable {
    /// The key.
    public var key = ""
    /// The key's data.
    public var data = Payload.empty
    /// The version of the data.
    public var version: UInt64 = 0
    /// Whether the key was removed.
    public var removed = false
    /// The previous data, from which Centrifugo can compute a difference.
    public var prevData = Payload.empty

    /// Makes a changed key; omitted values have their defaults.
    public init(
        key: String = "",
        data: Payload = .empty,
        version: UInt64 = 0,
        removed: Bool = false,
        prevData: Payload = .empty
    ) {
        self.key = key
        self.data = data
        self.version = version
        self.removed = removed
        self.prevData = prevData
    }
}

extension SharedPollRefreshResultItem: WireMessage {
    package static var wireName: StaticString { "SharedPollRefreshResultItem" }

    package init() {}

    package mutating func decodeField(_ number: UInt32, from reader: inout WireReader) throws(WireError) {
        switch number {
        case 1: try reader.read(&key, "key")
        case 2: try reader.read(&data, "data")
        case 3: try reader.read(&version, "version")
        case 4: try reader.read(&removed, "removed")
        case 5: try reader.read(&prevData, "prev_data")
        default: try reader.skip()
        }
    }

    package func encode(into writer: inout WireWriter) {
        writer.write(key, field: 1)
        writer.write(data, field: 2)
        writer.write(version, field: 3)
        writer.write(removed, field: 4)
        writer.write(prevData, field: 5)
    }
}
