import Yams

extension Policy {
    // Yams copies a list for each item that it appends, so long lists are written in parts.
    private static let itemsAtOnce = 64

    /// The policy as YAML, including all defaults, without secrets.
    package func effectiveYAML() throws -> String {
        var short = self
        short.topics = []
        short.connect?.channels = []
        var root = try Self.node(of: short)
        root["topics"] = .sequence(try Self.items(of: topics))
        if let connect { root["connect"]?["channels"] = .sequence(try Self.items(of: connect.channels)) }
        return try Yams.serialize(node: root)
    }

    private static func items(of list: [some Encodable]) throws -> Node.Sequence {
        var items: [Node] = []
        for start in stride(from: 0, to: list.count, by: itemsAtOnce) {
            let piece = try node(of: Array(list[start..<min(start + itemsAtOnce, list.count)]))
            items += piece.sequence ?? []
        }
        return Node.Sequence(items)
    }

    private static func node(of value: some Encodable) throws -> Node {
        let encoder = YAMLEncoder()
        encoder.options.sortKeys = false
        return try Yams.compose(yaml: encoder.encode(value), resolver) ?? Node([Node]())
    }
}
