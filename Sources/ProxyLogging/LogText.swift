/// A value of `key=value`: as it is when nobody can mistake it, otherwise in quotes.
enum FieldText {
    /// Appends the value of a field.
    static func append(_ text: String, to bytes: inout [UInt8]) {
        var text = text
        let isPlain = text.withUTF8 { utf8 in
            guard utf8.count > 0, isName(utf8) else { return false }
            bytes.append(contentsOf: utf8)
            return true
        }
        if isPlain { return }
        text = text.printable
        guard text.isEmpty || text.utf8.contains(where: needsQuotes) else {
            return bytes.append(contentsOf: text.utf8)
        }
        bytes.append(UInt8(ascii: "\""))
        for byte in text.utf8 {
            // An unescaped backslash would escape the quote that follows, and end the value where the client likes.
            if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") { bytes.append(UInt8(ascii: "\\")) }
            bytes.append(byte)
        }
        bytes.append(UInt8(ascii: "\""))
    }

    /// Whether all bytes may be part of a name.
    ///
    /// To the end in any case: without a way out of the loop, several bytes are tested at a time.
    private static func isName(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        var others: UInt8 = 0
        for byte in bytes { others |= isName(byte) ? 0 : 1 }
        return others == 0
    }

    /// Whether a byte may be part of a name, and needs neither quotes nor escapes.
    static func isName(_ byte: UInt8) -> Bool {
        byte > 0x20 && byte < 0x7F && !needsQuotes(byte)
    }

    private static func needsQuotes(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "=")
    }
}

/// A JSON string (RFC 8259 §7), with what `String.printable` escapes written as JSON escapes.
enum JSONText {
    private static let hexadecimal = Array("0123456789abcdef".utf8)

    /// Appends a text as a JSON string.
    static func append(_ text: String, to bytes: inout [UInt8]) {
        bytes.append(UInt8(ascii: "\""))
        var text = text
        let isPlain = text.withUTF8 { utf8 in
            guard utf8.allSatisfy({ 0x20...0x7E ~= $0 && $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "\\") }) else {
                return false
            }
            bytes.append(contentsOf: utf8)
            return true
        }
        if !isPlain {
            for scalar in text.unicodeScalars { append(scalar, to: &bytes) }
        }
        bytes.append(UInt8(ascii: "\""))
    }

    private static func append(_ scalar: Unicode.Scalar, to bytes: inout [UInt8]) {
        switch scalar {
        case "\"", "\\":
            bytes.append(UInt8(ascii: "\\"))
            bytes.append(contentsOf: scalar.utf8)
        case "\n": bytes.append(contentsOf: [UInt8(ascii: "\\"), UInt8(ascii: "n")])
        case "\r": bytes.append(contentsOf: [UInt8(ascii: "\\"), UInt8(ascii: "r")])
        case "\t": bytes.append(contentsOf: [UInt8(ascii: "\\"), UInt8(ascii: "t")])
        case _ where scalar.isObeyed:
            for unit in scalar.utf16 {
                bytes.append(contentsOf: [UInt8(ascii: "\\"), UInt8(ascii: "u")])
                for shift in [12, 8, 4, 0] { bytes.append(hexadecimal[Int(unit >> shift) & 0xF]) }
            }
        default: bytes.append(contentsOf: scalar.utf8)
        }
    }
}

/// Whole numbers as text.
enum DecimalText {
    /// Appends a number.
    static func append(_ number: Int64, to bytes: inout [UInt8]) {
        guard number >= 0 else {
            bytes.append(UInt8(ascii: "-"))
            return append(number.magnitude, digits: 1, to: &bytes)
        }
        append(UInt64(number), digits: 1, to: &bytes)
    }

    /// Appends a number that is not negative, with zeros before it up to so many digits.
    static func append(_ number: Int64, digits: Int, to bytes: inout [UInt8]) {
        append(UInt64(max(0, number)), digits: digits, to: &bytes)
    }

    private static func append(_ number: UInt64, digits: Int, to bytes: inout [UInt8]) {
        let start = bytes.count
        var rest = number
        var count = 0
        repeat {
            bytes.append(UInt8(ascii: "0") + UInt8(rest % 10))
            rest /= 10
            count += 1
        } while rest > 0 || count < digits
        bytes[start...].reverse()
    }
}

/// Durations as text: milliseconds with three decimals.
package enum MillisecondText {
    /// The text of a duration in nanoseconds, which is not negative.
    package static func text(_ nanoseconds: Int64) -> String {
        var bytes: [UInt8] = []
        append(nanoseconds, to: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Appends a duration in nanoseconds.
    static func append(_ nanoseconds: Int64, to bytes: inout [UInt8]) {
        let microseconds = max(0, nanoseconds) / 1_000
        DecimalText.append(microseconds / 1_000, to: &bytes)
        bytes.append(UInt8(ascii: "."))
        DecimalText.append(microseconds % 1_000, digits: 3, to: &bytes)
    }
}
