extension ConfigurationValue {
    /// The options in the form in which Centrifugo looks them up: keys in lower case, and `a.b` outside lists as the
    /// key b in the object a.
    ///
    /// - Throws: ``ConfigurationError`` for a key that is repeated in another spelling, and for too deep nesting.
    func normalized() throws(ConfigurationError) -> ConfigurationValue {
        try normalized(at: "", depth: 0, splitsKeys: true)
    }

    /// Deeper than any configuration, and shallow enough for the stack; a key's dots count as levels.
    private static let deepest = 200

    private func normalized(
        at path: String,
        depth: Int,
        splitsKeys: Bool
    ) throws(ConfigurationError) -> ConfigurationValue {
        switch self {
        case .object(let members):
            var result = ConfigurationValue.object([:])
            // In an order that is the same in every run.
            for (key, value) in members.sorted(by: { $0.key < $1.key }) {
                let lower = key.lowercased()
                let keys = splitsKeys ? lower.split(separator: ".", omittingEmptySubsequences: false) : [lower[...]]
                guard depth + keys.count <= Self.deepest else {
                    throw ConfigurationError("it nests more than \(Self.deepest) levels deep")
                }
                let value = try value.normalized(
                    at: "\(path)\(lower).",
                    depth: depth + keys.count,
                    splitsKeys: splitsKeys
                )
                try result.insert(value, at: keys.map(String.init)[...], of: "\(path)\(key)")
            }
            return result
        case .list(let elements):
            var list: [ConfigurationValue] = []
            for element in elements {
                list.append(try element.normalized(at: "\(path)[].", depth: depth, splitsKeys: false))
            }
            return .list(list)
        default: return self
        }
    }

    private mutating func insert(
        _ value: ConfigurationValue,
        at keys: ArraySlice<String>,
        of path: String
    ) throws(ConfigurationError) {
        guard case .object(var members) = self, let key = keys.first else { return }
        var member = members[key]
        if keys.count > 1 {
            if member == nil || member == .null { member = .object([:]) }
            guard case .object = member else { throw Self.contradiction(path) }
            try member?.insert(value, at: keys.dropFirst(), of: path)
        } else if case .object(let more) = value, case .object = member {
            for (name, value) in more.sorted(by: { $0.key < $1.key }) {
                try member?.insert(value, at: [name], of: "\(path).\(name)")
            }
        } else {
            guard member == nil || member == .null else { throw Self.contradiction(path) }
            member = value
        }
        members[key] = member
        self = .object(members)
    }

    private static func contradiction(_ path: String) -> ConfigurationError {
        ConfigurationError(
            "\(path) is repeated in another spelling, and Centrifugo uses either of them; keep one"
        )
    }
}
