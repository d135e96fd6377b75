/// A value in a configuration, in any format.
package enum ConfigurationValue: Sendable, Equatable {
    case null
    case flag(Bool)
    case integer(Int)
    case number(Double)
    case text(String)
    case list([ConfigurationValue])
    case object([String: ConfigurationValue])

    /// The member of an object; nil if it is missing, and for values that are not objects.
    package subscript(_ key: String) -> ConfigurationValue? {
        guard case .object(let members) = self else { return nil }
        return members[key]
    }

    /// The member at a path of keys, separated by dots.
    package subscript(path path: String) -> ConfigurationValue? {
        path.split(separator: ".").reduce(Optional(self)) { value, key in value?[String(key)] }
    }

    package var text: String? {
        guard case .text(let text) = self else { return nil }
        return text
    }

    /// The elements of a list; empty for other values.
    package var elements: [ConfigurationValue] {
        guard case .list(let elements) = self else { return [] }
        return elements
    }

    /// The members of an object; empty for other values.
    package var members: [String: ConfigurationValue] {
        guard case .object(let members) = self else { return [:] }
        return members
    }

    /// The kind's name in messages.
    package var kindName: String {
        switch self {
        case .null: "null"
        case .flag: "a boolean"
        case .integer, .number: "a number"
        case .text: "a text"
        case .list: "a list"
        case .object: "an object"
        }
    }
}

extension ConfigurationValue: ExpressibleByStringLiteral, ExpressibleByBooleanLiteral, ExpressibleByIntegerLiteral,
    ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral
{
    package init(stringLiteral value: String) { self = .text(value) }
    package init(booleanLiteral value: Bool) { self = .flag(value) }
    package init(integerLiteral value: Int) { self = .integer(value) }
    package init(arrayLiteral elements: ConfigurationValue...) { self = .list(elements) }
    package init(dictionaryLiteral elements: (String, ConfigurationValue)...) {
        self = .object(Dictionary(elements) { $1 })
    }
}
