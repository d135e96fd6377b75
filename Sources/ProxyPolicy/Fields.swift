/// The keys and values of one section of a policy file.
///
/// A key that the section does not know is refused: what is misspelt must not be silently without effect. For the same
/// reason a key without a value is not as if it were not there: it is an empty section, an empty list, or refused.
struct Fields<Key: CodingKey & CaseIterable & RawRepresentable> where Key.RawValue == String {
    /// nil when nothing follows the section's key.
    private let container: KeyedDecodingContainer<Key>?
    private let path: [any CodingKey]

    init(_ decoder: any Decoder) throws {
        path = decoder.codingPath
        guard try !decoder.singleValueContainer().decodeNil() else {
            container = nil
            return
        }
        let all = try decoder.container(keyedBy: AnyKey.self)
        if let stranger = all.allKeys.first(where: { Key(rawValue: $0.stringValue) == nil }) {
            let known = Key.allCases.map(\.rawValue).sorted().joined(separator: ", ")
            throw DecodingError.mistake("is not known here; the keys are \(known)", at: all.codingPath + [stranger])
        }
        container = try decoder.container(keyedBy: Key.self)
    }

    /// A value that may be left out.
    func optional<Value: Decodable>(_ key: Key, as type: Value.Type = Value.self) throws -> Value? {
        guard let container, container.contains(key) else { return nil }
        guard try !container.decodeNil(forKey: key) else { throw empty(key) }
        let value = try container.decode(Value.self, forKey: key)
        if let text = value as? String ?? (value as? Secret)?.text, text.isEmpty { throw empty(key) }
        return value
    }

    /// A section that may be left out; without anything behind its key it is there, with its defaults.
    func section<Value: Decodable>(_ key: Key) throws -> Value? {
        guard let container, container.contains(key) else { return nil }
        return try container.decode(Value.self, forKey: key)
    }

    /// A list that may be left out; without anything behind its key it is there, and empty.
    func list<Element: Decodable>(_ key: Key) throws -> [Element]? {
        guard let container, container.contains(key) else { return nil }
        return try container.decodeNil(forKey: key) ? [] : container.decode([Element].self, forKey: key)
    }

    /// A value with a default.
    func value<Value: Decodable>(_ key: Key, or standard: Value) throws -> Value {
        try optional(key) ?? standard
    }

    /// A value that has to be there.
    func required<Value: Decodable>(_ key: Key, as type: Value.Type = Value.self) throws -> Value {
        guard let container, try container.contains(key) && !container.decodeNil(forKey: key),
            let value = try optional(key, as: type)
        else { throw mistake(key, "is missing") }
        return value
    }

    private func empty(_ key: Key) -> DecodingError {
        mistake(key, "is empty; write a value, or leave the key out")
    }

    /// Refuses a value.
    func mistake(_ key: Key, _ text: String) -> DecodingError {
        .mistake(text, at: path + [key])
    }
}

/// Any key of a mapping.
struct AnyKey: CodingKey {
    let stringValue: String
    var intValue: Int? { nil }

    init(stringValue: String) {
        self.stringValue = stringValue
    }

    init?(intValue: Int) {
        nil
    }
}

extension DecodingError {
    /// A mistake of the file's writer: the end of a sentence that begins with the path of the key.
    static func mistake(_ text: String, at path: [any CodingKey]) -> DecodingError {
        .dataCorrupted(Context(codingPath: path, debugDescription: text))
    }
}
