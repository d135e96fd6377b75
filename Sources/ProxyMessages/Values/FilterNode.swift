package import ProtobufWire

/// A condition on a publication's tags, or several conditions combined.
///
/// Trees of any depth can be written; reading refuses trees of about a hundred levels.
public struct FilterNode: Sendable, Equatable {
    /// How ``nodes`` are combined: `and`, `or`, `not`; empty for a comparison.
    public var op = ""
    /// The tag to compare.
    public var key = ""
    /// The comparison, such as `eq`, `in`, `ex`, `sw`, `gt`.
    public var cmp = ""
    /// The value to compare with.
    public var val = ""
    /// The values to compare with, for comparisons with a set.
    public var vals: [String] = []
    /// The conditions to combine.
    public var nodes: [FilterNode] = []

    /// Makes a condition; omitted values have their defaults.
    public init(
        op: String = "",
        key: String = "",
        cmp: String = "",
        val: String = "",
        vals: [String] = [],
        nodes: [FilterNode] = []
    ) {
        self.op = op
        self.key = key
        self.cmp = cmp
        self.val = val
        self.vals = vals
        self.nodes = nodes
    }
}

extension FilterNode: WireMessage {
    package static var wireName: StaticString { "FilterNode" }

    package init() {}

    package mutating func decodeField(_ number: UInt32, from reader: inout WireReader) throws(WireError) {
        switch number {
        case 1: try reader.read(&op, "op")
        case 2: try reader.read(&key, "key")
        case 3: try reader.read(&cmp, "cmp")
        case 4: try reader.read(&val, "val")
        case 5: try reader.read(&vals, "vals")
        case 6: try reader.read(&nodes, "nodes")
        default: try reader.skip()
        }
    }

    package func encode(into writer: inout WireWriter) {
        writer.write(op, field: 1)
        writer.write(key, field: 2)
        writer.write(cmp, field: 3)
        writer.write(val, field: 4)
        writer.write(vals, field: 5)
        writer.write(nodes, field: 6)
    }
}
