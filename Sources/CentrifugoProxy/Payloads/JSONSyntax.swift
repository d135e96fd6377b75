/// Checks whether bytes are one JSON text (RFC 8259), without decoding it.
///
/// Handlers may return bytes of any origin, and bytes that are not JSON would break every client that expects it.
package struct JSONSyntax {
    // Deeper nesting is refused, as browsers' parsers may refuse it as well. One bit for each level.
    static let deepest = 512

    private let bytes: UnsafeBufferPointer<UInt8>
    private var position = 0
    // The bitwise or of all bytes in strings: outside of strings everything is ASCII.
    private var inStrings: UInt8 = 0

    /// Whether `bytes` are a JSON text.
    package static func isValid(_ bytes: [UInt8]) -> Bool {
        bytes.withUnsafeBufferPointer { bytes in
            var text = JSONSyntax(bytes: bytes)
            return text.skipValue() && text.isAtEnd && text.isUTF8
        }
    }

    /// The text as a JSON string.
    package static func quoted(_ text: String) -> [UInt8] {
        var quoted: [UInt8] = []
        quoted.reserveCapacity(text.utf8.count + 2)
        quoted.append(UInt8(ascii: "\""))
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"):
                quoted.append(UInt8(ascii: "\\"))
                quoted.append(byte)
            case 0..<0x20:
                quoted += "\\u00\(byte < 16 ? "0" : "")\(String(byte, radix: 16))".utf8
            default:
                quoted.append(byte)
            }
        }
        quoted.append(UInt8(ascii: "\""))
        return quoted
    }

    private init(bytes: UnsafeBufferPointer<UInt8>) {
        self.bytes = bytes
    }

    private var isAtEnd: Bool {
        mutating get {
            skipSpace()
            return position == bytes.count
        }
    }

    private var isUTF8: Bool {
        inStrings < 0x80 || String(validating: bytes, as: UTF8.self) != nil
    }

    private var current: UInt8? { position < bytes.count ? bytes[position] : nil }

    private mutating func skipSpace() {
        while let byte = current, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { position += 1 }
    }

    private mutating func take(_ character: Unicode.Scalar) -> Bool {
        guard let current, current == UInt8(truncatingIfNeeded: character.value) else { return false }
        position += 1
        return true
    }

    /// Skips one value.
    ///
    /// Open brackets are stored as bits, so that nesting takes neither stack nor allocation.
    private mutating func skipValue() -> Bool {
        var open = OpenBrackets()
        while true {
            skipSpace()
            if take("{") {
                guard open.push(isObject: true) else { return false }
                skipSpace()
                guard take("}") else {
                    guard skipKey() else { return false }
                    continue
                }
                open.pop()
            } else if take("[") {
                guard open.push(isObject: false) else { return false }
                skipSpace()
                guard take("]") else { continue }
                open.pop()
            } else {
                guard skipScalar() else { return false }
            }
            // A value is complete: close the brackets that end after it, and continue.
            while true {
                guard let isObject = open.last else { return true }
                skipSpace()
                if take(",") {
                    guard !isObject || skipKey() else { return false }
                    break
                }
                guard take(isObject ? "}" : "]") else { return false }
                open.pop()
            }
        }
    }

    /// The brackets around the current value, outermost first.
    private struct OpenBrackets {
        private var isObject: InlineArray<8, UInt64> = .init(repeating: 0)
        private var depth = 0

        /// Whether the innermost bracket is an object's; nil outside of all brackets.
        var last: Bool? {
            depth == 0 ? nil : isObject[(depth - 1) / 64] & (1 << UInt64((depth - 1) % 64)) != 0
        }

        /// Opens a bracket; false when the nesting is too deep.
        mutating func push(isObject opensObject: Bool) -> Bool {
            guard depth < JSONSyntax.deepest else { return false }
            let bit: UInt64 = 1 << UInt64(depth % 64)
            if opensObject { isObject[depth / 64] |= bit } else { isObject[depth / 64] &= ~bit }
            depth += 1
            return true
        }

        mutating func pop() {
            depth -= 1
        }
    }

    private mutating func skipKey() -> Bool {
        skipSpace()
        guard skipString() else { return false }
        skipSpace()
        return take(":")
    }

    private mutating func skipScalar() -> Bool {
        switch current {
        case UInt8(ascii: "\""): skipString()
        case UInt8(ascii: "t"): skip("true")
        case UInt8(ascii: "f"): skip("false")
        case UInt8(ascii: "n"): skip("null")
        default: skipNumber()
        }
    }

    private mutating func skip(_ word: StaticString) -> Bool {
        guard bytes.count - position >= word.utf8CodeUnitCount else { return false }
        for offset in 0..<word.utf8CodeUnitCount where bytes[position + offset] != word.utf8Start[offset] {
            return false
        }
        position += word.utf8CodeUnitCount
        return true
    }

    private mutating func skipString() -> Bool {
        guard take("\"") else { return false }
        while let byte = current {
            position += 1
            inStrings |= byte
            switch byte {
            case UInt8(ascii: "\""): return true
            case UInt8(ascii: "\\"):
                guard skipEscape() else { return false }
            case 0..<0x20: return false
            default: continue
            }
        }
        return false
    }

    private mutating func skipEscape() -> Bool {
        guard let escape = current else { return false }
        position += 1
        guard escape == UInt8(ascii: "u") else { return #""\/bfnrt"#.utf8.contains(escape) }
        for _ in 0..<4 {
            guard let digit = current, Character(Unicode.Scalar(digit)).isHexDigit, digit < 0x80 else { return false }
            position += 1
        }
        return true
    }

    private mutating func skipNumber() -> Bool {
        _ = take("-")
        if !take("0") {
            guard skipDigits() else { return false }
        }
        if take(".") {
            guard skipDigits() else { return false }
        }
        if take("e") || take("E") {
            _ = take("+") || take("-")
            return skipDigits()
        }
        return true
    }

    /// Skips one or more digits.
    private mutating func skipDigits() -> Bool {
        let start = position
        while let byte = current, UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte { position += 1 }
        return position > start
    }
}
