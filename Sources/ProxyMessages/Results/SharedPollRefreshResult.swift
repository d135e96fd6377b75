package import ProtobufWire

/// The changes of the tracked keys; a key that is not listed did not change.
///
/// Centrifugo refuses an encoding of 4 MiB or more.
public struct SharedPollRefreshResult: Sendable, Equatable {
    /// The keys that changed.
    public var items: [SharedPollRefreshResultItem] = []
    /// The scope of the versions; another epoch starts again.
    public var epoch = ""

    /// Makes a result; omitted values have their defaults.
    public init(
        items: [SharedPollRefreshResultItem] = [],
        epoch: String = ""
    ) {
        self.items = items
        self.epoch = epoch
    }
}

extension SharedPollRefreshResult: ReplyResult {
    package static var wireName: StaticString { "SharedPollRefreshResult" }
    package static var replyName: StaticString { "SharedPollRefreshResponse" }
    package static var replyFields: ReplyFields { .resultAndError }

    package init() {}

    package mutating func decodeField(_ number: UInt32, from reader: inout WireReader) throws(WireError) {
        switch number {
        case 1: try reader.read(&items, "items")
        case 2: try reader.read(&epoch, "epoch")
        default: try reader.skip()
        }
    }

    package func encode(into writer: inout WireWriter) {
        writer.write(items, field: 1)
        writer.write(epoch, field: 2)
    }
}
