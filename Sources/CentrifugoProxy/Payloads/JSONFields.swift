import ProxyMessages

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// A member of a JSON object differs from what its reader expects.
package struct JSONFieldError: Error, Equatable, CustomStringConvertible {
    /// The member's path and what is wrong with it, without its value.
    package let description: String

    package init(_ path: String, _ problem: String) {
        description = "\(path) \(problem)"
    }
}

/// The members of a JSON object by their names, as their text; a member that is `null` is as if it was not there.
///
/// Values are not decoded until they are asked for, so that what is passed on keeps all digits of its numbers.
package struct JSONFields {
    private let path: String
    private var values: [ExactText: ArraySlice<UInt8>] = [:]
    /// The names in their order.
    package private(set) var names: [String] = []

    /// Reads an object.
    ///
    /// - Parameters:
    ///   - text: Valid JSON.
    ///   - path: The object's name in errors; empty for the outermost.
    /// - Throws: ``JSONFieldError`` when it is not an object, or has a member twice.
    package init(_ text: ArraySlice<UInt8>, path: String = "") throws(JSONFieldError) {
        self.path = path
        guard let members = JSONMembers(of: text), members.isObject else { throw Self.mistake(path, "an object") }
        for member in members {
            guard let name = member.key.flatMap(JSONMembers.string) else {
                throw JSONFieldError(path.isEmpty ? "it" : path, "has a name that is not text")
            }
            // Readers differ in which of them applies.
            guard values.updateValue(member.value, forKey: ExactText(name)) == nil else {
                throw JSONFieldError(place(name), "is there twice")
            }
            names.append(name)
        }
    }

    /// The text of a member's value.
    package func json(_ name: String) -> ArraySlice<UInt8>? {
        guard let value = values[ExactText(name)], value.first != UInt8(ascii: "n") else { return nil }
        return value
    }

    /// A member that is a text.
    package func text(_ name: String) throws(JSONFieldError) -> String? {
        guard let value = json(name) else { return nil }
        guard let text = Self.text(value) else { throw Self.mistake(place(name), "a text") }
        return text
    }

    /// A member that is base64; nil when it is empty.
    package func base64(_ name: String) throws(JSONFieldError) -> [UInt8]? {
        guard let text = try text(name), !text.isEmpty else { return nil }
        guard let bytes = ClientPayload.bytes(ofBase64: text) else { throw Self.mistake(place(name), "base64") }
        return bytes
    }

    /// A member that is a whole number.
    package func number(_ name: String) throws(JSONFieldError) -> Int64? {
        guard let value = json(name) else { return nil }
        guard let number = Int64(String(decoding: value, as: UTF8.self)) else {
            throw Self.mistake(place(name), "a whole number")
        }
        return number
    }

    /// A member that is true or false.
    package func flag(_ name: String) throws(JSONFieldError) -> Bool? {
        guard let value = json(name) else { return nil }
        guard let first = value.first, "tf".utf8.contains(first) else {
            throw Self.mistake(place(name), "true or false")
        }
        return first == UInt8(ascii: "t")
    }

    /// A member that is an object.
    package func object(_ name: String) throws(JSONFieldError) -> JSONFields? {
        guard let value = json(name) else { return nil }
        return try JSONFields(value, path: place(name))
    }

    /// The elements of a member that is a list.
    package func list(_ name: String) throws(JSONFieldError) -> [ArraySlice<UInt8>]? {
        guard let value = json(name) else { return nil }
        guard let elements = JSONMembers(of: value), !elements.isObject else {
            throw Self.mistake(place(name), "a list")
        }
        return elements.map(\.value)
    }

    /// A member that is a list of texts.
    package func texts(_ name: String) throws(JSONFieldError) -> [String]? {
        var texts: [String] = []
        guard let elements = try list(name) else { return nil }
        for element in elements {
            guard let text = Self.text(element) else { throw Self.mistake(place(name), "a list of texts") }
            texts.append(text)
        }
        return texts
    }

    /// A payload that is JSON, or base64 under another name, which takes precedence.
    package func payload(_ name: String, orBase64 other: String) throws(JSONFieldError) -> Payload {
        if let bytes = try base64(other) { return .bytes(bytes) }
        return json(name).map { Payload(json: Array($0)) } ?? .empty
    }

    /// A member's path.
    package func place(_ name: String) -> String {
        path.isEmpty ? name : "\(path).\(name)"
    }

    private static func text(_ value: ArraySlice<UInt8>) -> String? {
        value.first == UInt8(ascii: "\"") ? JSONMembers.string(value) : nil
    }

    private static func mistake(_ path: String, _ expected: String) -> JSONFieldError {
        JSONFieldError(path.isEmpty ? "it" : path, "is not \(expected)")
    }
}
