package import ProtobufWire

/// A tracked key, and Centrifugo's version of it.
public struct SharedPollRefreshItem: Sendable, Equatable {
    /// The key.
    public var key = ""
    /// Centrifugo's version; 0 for none.
    public var version: UInt64 = 0

    /// Makes a tracked key; omitted values have their defaults.
    public init(
        key: String = "",
        version: UInt64 = 0
    ) {
        self.key = key
        self.version = version
    }
}

extension SharedPollRefreshItem: WireMessage {
    package static var wireName: StaticString { "SharedPollRefreshItem" }

    package init() {}

    package mutating func decodeField(_ number: UInt32, from reader: inout WireReader) throws(WireError) {
        switch number {
        case 1: try reader.read(&key, "key")
        case 2: try reader.read(&version, "version")
        default: try reader.skip()
        }
    }

    package func encode(into writer: inout WireWriter) {
        writer.write(key, field: 1)
        writer.write(version, field: 2)
    }
}
