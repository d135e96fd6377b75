import CentrifugoProxy

/// The keys and values of one section of a policy file.
///
/// An unknown key is refused, so that a misspelt one is not silently ignored. For the same reason a key without a value
/// is not treated as missing: it is an empty section, an empty list, or refused.
struct StrictSection<Key: CodingKey & CaseIterable & RawRepresentable> where Key.RawValue == String {
    /// nil when nothing follows the section's key.
    private let container: KeyedDecodingContainer<Key>?
    private let path: [any CodingKey]

    init(_ decoder: any Decoder) throws {
        path = decoder.codingPath
        guard try !decoder.singleValueContainer().decodeNil() else {
            container = nil
            return
        }
        let all = try decoder.container(keyedBy: AnyCodingKey.self)
        if let stranger = all.allKeys.first(where: { Key(rawValue: $0.stringValue) == nil }) {
            let known = Key.allCases.map(\.rawValue).sorted().joined(separator: ", ")
            throw DecodingError.mistake("is not known here; the keys are \(known)", at: all.codingPath + [stranger])
        }
        container = try decoder.container(keyedBy: Key.self)
    }

    /// An optional value.
    func optional<Value: Decodable>(_ key: Key, as type: Value.Type = Value.self) throws -> Value? {
        guard let container, container.contains(key) else { return nil }
        guard try !container.decodeNil(forKey: key) else { throw mistake(key, emptyValue) }
        let value = try container.decode(Value.self, forKey: key)
        if let text = value as? String ?? (value as? Secret)?.text, text.isEmpty { throw mistake(key, emptyValue) }
        return value
    }

    /// An optional number.
    func number(_ key: Key, in range: ClosedRange<Int>) throws -> Int? {
        try measured(key, in: range, by: \.self) { "\($0)" }
    }

    /// An optional size.
    func size(_ key: Key, in range: ClosedRange<Int>) throws -> ByteSize? {
        try measured(key, in: range, by: \.bytes) { "\(ByteSize($0))" }
    }

    /// An optional duration.
    func time(_ key: Key, in range: ClosedRange<Duration>) throws -> TimeSpan? {
        try measured(key, in: range, by: \.duration) { "\(TimeSpan($0))" }
    }

    private func measured<Value: Decodable, Measure: Comparable>(
        _ key: Key,
        in range: ClosedRange<Measure>,
        by measure: (Value) -> Measure,
        shown: (Measure) -> String
    ) throws -> Value? {
        guard let value = try optional(key, as: Value.self) else { return nil }
        guard range.contains(measure(value)) else {
            throw mistake(key, "is \(value); choose from \(shown(range.lowerBound)) to \(shown(range.upperBound))")
        }
        return value
    }

    /// An optional list that must not be empty: it would be unclear whether an empty one means nothing or everything.
    func names(_ key: Key) throws -> [String]? {
        guard let names = try optional(key, as: [String].self) else { return nil }
        guard !names.isEmpty else { throw mistake(key, "is an empty list; add at least one name, or remove the key") }
        return names
    }

    /// An optional text, or a list of them that must not be empty.
    func texts(_ key: Key) throws -> [String]? {
        let isText = (try? container?.decode(String.self, forKey: key)) != nil
        return try isText ? optional(key, as: String.self).map { [$0] } : names(key)
    }

    /// An optional section; a key without a value is a section with its defaults.
    func section<Value: Decodable>(_ key: Key) throws -> Value? {
        guard let container, container.contains(key) else { return nil }
        return try container.decode(Value.self, forKey: key)
    }

    /// An optional list; a key without a value is an empty list.
    func list<Element: Decodable>(_ key: Key) throws -> [Element]? {
        guard let container, container.contains(key) else { return nil }
        return try container.decodeNil(forKey: key) ? [] : container.decode([Element].self, forKey: key)
    }

    /// Optional names with their values, none of which may be empty.
    func map(_ key: Key) throws -> [String: Secret] {
        guard let container, container.contains(key) else { return [:] }
        guard try !container.decodeNil(forKey: key) else { throw mistake(key, emptyValue) }
        let values = try container.nestedContainer(keyedBy: AnyCodingKey.self, forKey: key)
        return try values.allKeys.reduce(into: [:]) { map, name in
            let value = try values.decodeNil(forKey: name) ? Secret("") : values.decode(Secret.self, forKey: name)
            guard !value.text.isEmpty else { throw DecodingError.mistake(emptyValue, at: path + [key, name]) }
            map[name.stringValue] = value
        }
    }

    /// A value with a default.
    func value<Value: Decodable>(_ key: Key, or standard: Value) throws -> Value {
        try optional(key) ?? standard
    }

    /// A required value.
    func required<Value: Decodable>(_ key: Key, as type: Value.Type = Value.self) throws -> Value {
        guard let container, try container.contains(key) && !container.decodeNil(forKey: key),
            let value = try optional(key, as: type)
        else { throw mistake(key, "is missing") }
        return value
    }

    /// Refuses a value.
    func mistake(_ key: Key, _ text: String) -> DecodingError {
        .mistake(text, at: path + [key])
    }
}

/// The message about a key without a value.
let emptyValue = "is empty; write a value, or remove the key"

extension DecodingError {
    /// An error in the file: the end of a sentence that begins with the path of the key.
    static func mistake(_ text: String, at path: [any CodingKey]) -> DecodingError {
        .dataCorrupted(Context(codingPath: path, debugDescription: text))
    }
}
