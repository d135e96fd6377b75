#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Iterates over the members of a JSON object or the elements of an array, as their text.
///
/// The text must be valid. Values are not decoded, so that numbers keep all their digits.
package struct JSONMembers: Sequence, IteratorProtocol {
    /// One member or element; elements have no key.
    package struct Member {
        /// Includes its quotation marks.
        package let key: ArraySlice<UInt8>?
        package let value: ArraySlice<UInt8>
    }

    /// Whether these are the members of an object.
    package let isObject: Bool
    private let text: ArraySlice<UInt8>
    private var position: Int

    /// Starts at the first member; nil when `text` is neither an object nor an array.
    package init?(of text: ArraySlice<UInt8>) {
        guard let start = text.firstIndex(where: { !$0.isJSONSpace }), "{[".utf8.contains(text[start]) else {
            return nil
        }
        isObject = text[start] == UInt8(ascii: "{")
        self.text = text
        position = start + 1
    }

    package mutating func next() -> Member? {
        skip { $0.isJSONSpace || $0 == UInt8(ascii: ",") }
        guard position < text.endIndex, !"}]".utf8.contains(text[position]) else { return nil }
        guard isObject else { return Member(key: nil, value: value()) }
        let key = value()
        skip { $0.isJSONSpace || $0 == UInt8(ascii: ":") }
        return Member(key: key, value: value())
    }

    /// Reads the value at the position.
    private mutating func value() -> ArraySlice<UInt8> {
        let start = position
        var depth = 0
        repeat {
            guard position < text.endIndex else { break }
            switch text[position] {
            case UInt8(ascii: "\""): skipString()
            case UInt8(ascii: "{"), UInt8(ascii: "["):
                depth += 1
                position += 1
            case UInt8(ascii: "}"), UInt8(ascii: "]"):
                depth -= 1
                position += 1
            case UInt8(ascii: ","), UInt8(ascii: ":"): position += 1
            case let byte where byte.isJSONSpace: position += 1
            default: skip { !$0.isJSONSpace && !",:}]".utf8.contains($0) }
            }
        } while depth > 0
        return text[start..<position]
    }

    private mutating func skip(while isSkipped: (UInt8) -> Bool) {
        while position < text.endIndex, isSkipped(text[position]) { position += 1 }
    }

    private mutating func skipString() {
        position += 1
        while position < text.endIndex, text[position] != UInt8(ascii: "\"") {
            position += text[position] == UInt8(ascii: "\\") ? 2 : 1
        }
        position = Swift.min(position + 1, text.endIndex)
    }
}

extension JSONMembers {
    /// The text of a JSON string with its quotation marks; nil for half of a surrogate pair, which is not text.
    package static func string(_ quoted: ArraySlice<UInt8>) -> String? {
        guard quoted.contains(UInt8(ascii: "\\")) else {
            return String(decoding: quoted.dropFirst().dropLast(), as: UTF8.self)
        }
        return try? JSONDecoder().decode(String.self, from: Data(quoted))
    }
}

extension UInt8 {
    package var isJSONSpace: Bool { self == 0x20 || self == 0x09 || self == 0x0A || self == 0x0D }
}
