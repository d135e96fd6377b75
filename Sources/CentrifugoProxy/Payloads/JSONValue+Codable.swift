extension JSONValue: Codable {
    /// Decodes any value, with all digits of its numbers by ``Payload/decode(_:)``.
    ///
    /// - Throws: What ``JSONNumber/init(from:)`` throws, and `DecodingError`.
    public init(from decoder: any Decoder) throws {
        if let value = try JSONSource.value(at: decoder) {
            self = value
            return
        }
        let container = try decoder.singleValueContainer()
        if container.decodeNil() {
            self = .null
        } else if let text = try? container.decode(String.self) {
            self = .string(text)
        } else if let value = try? container.decode(Bool.self) {
            self = .bool(value)
        } else if (try? container.decode(Double.self)) != nil {
            self = .number(try container.decode(JSONNumber.self))
        } else if let list = try? decoder.unkeyedContainer() {
            self = .array(try Self.elements(of: list))
        } else {
            self = .object(try Self.members(of: try decoder.container(keyedBy: AnyCodingKey.self)))
        }
    }

    private static func elements(of list: any UnkeyedDecodingContainer) throws -> [JSONValue] {
        var list = list
        var elements: [JSONValue] = []
        while !list.isAtEnd { elements.append(try list.decode(JSONValue.self)) }
        return elements
    }

    private static func members(of object: KeyedDecodingContainer<AnyCodingKey>) throws -> [String: JSONValue] {
        var members: [String: JSONValue] = [:]
        for key in object.allKeys { members[key.stringValue] = try object.decode(JSONValue.self, forKey: key) }
        return members
    }

    /// Encodes the value.
    ///
    /// - Throws: What ``JSONNumber/encode(to:)`` throws, and what the encoder throws.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        switch self {
        case .null: try container.encodeNil()
        case .bool(let value): try container.encode(value)
        case .number(let number): try container.encode(number)
        case .string(let text): try container.encode(text)
        case .array(let elements): try container.encode(elements)
        case .object(let members): try container.encode(members)
        }
    }
}
