/// The keys and values of one section of a policy file.
///
/// A key that the section does not know is refused: what is misspelt must not be silently without effect.
struct Fields<Key: CodingKey & CaseIterable & RawRepresentable> where Key.RawValue == String {
    private let container: KeyedDecodingContainer<Key>

    init(_ decoder: any Decoder) throws {
        let all = try decoder.container(keyedBy: AnyKey.self)
        if let stranger = all.allKeys.first(where: { Key(rawValue: $0.stringValue) == nil }) {
            let known = Key.allCases.map(\.rawValue).sorted().joined(separator: ", ")
            throw DecodingError.mistake("is not known here; the keys are \(known)", at: all.codingPath + [stranger])
        }
        container = try decoder.container(keyedBy: Key.self)
    }

    /// A value that may be left out.
    func optional<Value: Decodable>(_ key: Key, as type: Value.Type = Value.self) throws -> Value? {
        try container.decodeIfPresent(Value.self, forKey: key)
    }

    /// A value with a default.
    func value<Value: Decodable>(_ key: Key, or standard: Value) throws -> Value {
        try optional(key) ?? standard
    }

    /// A value that has to be there.
    func required<Value: Decodable>(_ key: Key, as type: Value.Type = Value.self) throws -> Value {
        guard let value: Value = try optional(key) else {
            throw DecodingError.mistake("is missing", at: container.codingPath + [key])
        }
        return value
    }

    /// Refuses a value.
    func mistake(_ key: Key, _ text: String) -> DecodingError {
        .mistake(text, at: container.codingPath + [key])
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
