/// Any JSON, for data whose form the application does not know.
///
/// ```swift
/// let data = try request.payload.json                           // error 400 for what is not JSON
/// guard let title = data["title"]?.string else { throw CentrifugoError.badRequest }
/// return RPCResult(data: try .json(["title": .string(title), "sent": data] as JSONValue))
/// ```
///
/// Numbers stay as they are written, however large they are and however many digits they have: see ``JSONNumber``. The
/// order of an object's members is not kept; they are written in the order of their names.
public enum JSONValue: Sendable, Hashable {
    /// `null`.
    case null
    /// `true` or `false`.
    case bool(Bool)
    /// A number, as it is written.
    case number(JSONNumber)
    /// A string.
    case string(String)
    /// A list of values.
    case array([JSONValue])
    /// Values by name.
    case object([String: JSONValue])
}

extension JSONValue {
    /// Whether it is `null`.
    public var isNull: Bool { self == .null }

    /// The truth value; nil for any other kind.
    public var bool: Bool? {
        if case .bool(let value) = self { value } else { nil }
    }

    /// The number as a whole number; nil for any other kind, for a number with a fraction, and for one that does not
    /// fit.
    public var int: Int? {
        if case .number(let number) = self { number.int } else { nil }
    }

    /// The closest `Double` to the number; nil for any other kind, and for a number above all of them.
    public var double: Double? {
        if case .number(let number) = self { number.double } else { nil }
    }

    /// The string; nil for any other kind.
    public var string: String? {
        if case .string(let text) = self { text } else { nil }
    }

    /// The list; nil for any other kind.
    public var array: [JSONValue]? {
        if case .array(let elements) = self { elements } else { nil }
    }

    /// The values by name; nil for any other kind.
    public var object: [String: JSONValue]? {
        if case .object(let members) = self { members } else { nil }
    }

    /// The value of a name in an object; nil without it, and for any other kind.
    public subscript(name: String) -> JSONValue? { object?[name] }

    /// The value at a place in a list; nil outside of the list, and for any other kind.
    public subscript(index: Int) -> JSONValue? {
        guard case .array(let elements) = self, elements.indices.contains(index) else { return nil }
        return elements[index]
    }
}

extension JSONValue: ExpressibleByNilLiteral, ExpressibleByBooleanLiteral, ExpressibleByStringLiteral {
    /// Makes `null`.
    public init(nilLiteral: ()) {
        self = .null
    }

    /// Makes `true` or `false`.
    public init(booleanLiteral value: Bool) {
        self = .bool(value)
    }

    /// Makes a string.
    public init(stringLiteral text: String) {
        self = .string(text)
    }
}

extension JSONValue: ExpressibleByIntegerLiteral, ExpressibleByFloatLiteral {
    /// Makes a number.
    public init(integerLiteral value: Int) {
        self = .number(JSONNumber(value))
    }

    /// Makes a number; `null` for a literal above all numbers of type `Double`.
    public init(floatLiteral value: Double) {
        self = JSONNumber(value).map(JSONValue.number) ?? .null
    }
}

extension JSONValue: ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral {
    /// Makes a list.
    public init(arrayLiteral elements: JSONValue...) {
        self = .array(elements)
    }

    /// Makes an object; the last value of a repeated name stays.
    public init(dictionaryLiteral members: (String, JSONValue)...) {
        self = .object(Dictionary(members) { _, last in last })
    }
}
