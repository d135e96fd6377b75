/// Reads JSON like Go's `encoding/json`, which Centrifugo uses.
///
/// That means UTF-8, no comments, no trailing commas, and the last value of a repeated key. Foundation's readers accept
/// more, and report no line numbers.
struct JSONReader {
    /// Deeper than any configuration, and shallow enough for the stack.
    private static let deepest = 200

    private let bytes: [UInt8]
    private var place = 0
    private var depth = 0
    /// Keys that are repeated in one object, such as `client.proxy`.
    private(set) var repeatedKeys: [String] = []
    private var path: [String] = []

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    /// Reads the single value of the text.
    mutating func document() throws(ConfigurationError) -> ConfigurationValue {
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) {
            throw mistake("a byte order mark is not JSON; save the file as UTF-8 without one")
        }
        if bytes.starts(with: [0xFF, 0xFE]) || bytes.starts(with: [0xFE, 0xFF]) {
            throw mistake("this is UTF-16; save the file as UTF-8")
        }
        let value = try value()
        skipSpace()
        guard place == bytes.count else {
            throw mistake("there is more after the end of the JSON value; remove it", orComment: true)
        }
        return value
    }

    private mutating func value() throws(ConfigurationError) -> ConfigurationValue {
        skipSpace()
        guard let byte = peek else { return try word() }
        switch byte {
        case UInt8(ascii: "{"): return try nested(Self.object)
        case UInt8(ascii: "["): return try nested(Self.list)
        case UInt8(ascii: "\""): return .text(try text())
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return try number()
        default: return try word()
        }
    }

    private mutating func nested(
        _ read: (inout JSONReader) throws(ConfigurationError) -> ConfigurationValue
    ) throws(ConfigurationError) -> ConfigurationValue {
        guard depth < Self.deepest else {
            throw ConfigurationError("it nests more than \(Self.deepest) levels deep", line: mistake("").line)
        }
        depth += 1
        place += 1
        defer { depth -= 1 }
        return try read(&self)
    }

    private static func object(_ reader: inout JSONReader) throws(ConfigurationError) -> ConfigurationValue {
        var members: [String: ConfigurationValue] = [:]
        while let key = try reader.nextKey(isFirst: members.isEmpty) {
            reader.path.append(key)
            let value = try reader.value()
            if members.updateValue(value, forKey: key) != nil {
                reader.repeatedKeys.append(reader.path.joined(separator: "."))
            }
            reader.path.removeLast()
        }
        return .object(members)
    }

    /// The next key, with the colon after it; nil at the end of the object.
    private mutating func nextKey(isFirst: Bool) throws(ConfigurationError) -> String? {
        skipSpace()
        if skip("}") { return nil }
        if !isFirst {
            guard skip(",") else { throw mistake("a comma or } is missing", orComment: true) }
            let comma = place
            skipSpace()
            if peek == UInt8(ascii: "}") {
                throw mistake("the comma before } is not JSON; remove it", at: comma - 1)
            }
        }
        guard peek == UInt8(ascii: "\"") else {
            throw mistake("a key in double quotes is missing", orComment: true)
        }
        let key = try text()
        skipSpace()
        guard skip(":") else { throw mistake("a colon is missing after the key \"\(key)\"", orComment: true) }
        return key
    }

    private static func list(_ reader: inout JSONReader) throws(ConfigurationError) -> ConfigurationValue {
        var elements: [ConfigurationValue] = []
        reader.path.append("[]")
        defer { reader.path.removeLast() }
        reader.skipSpace()
        if reader.skip("]") { return .list([]) }
        while true {
            elements.append(try reader.value())
            reader.skipSpace()
            if reader.skip("]") { return .list(elements) }
            guard reader.skip(",") else { throw reader.mistake("a comma or ] is missing", orComment: true) }
            let comma = reader.place
            reader.skipSpace()
            if reader.peek == UInt8(ascii: "]") {
                throw reader.mistake("the comma before ] is not JSON; remove it", at: comma - 1)
            }
        }
    }

    private mutating func word() throws(ConfigurationError) -> ConfigurationValue {
        let start = place
        while let byte = peek, Self.isLetter(byte) { place += 1 }
        switch String(decoding: bytes[start..<place], as: UTF8.self) {
        case "true": return .flag(true)
        case "false": return .flag(false)
        case "null": return .null
        case "" where place == bytes.count:
            throw mistake(
                bytes.isEmpty ? "the file is empty; {} is a configuration without options" : "the file ends here"
            )
        case "" where peek == UInt8(ascii: "'"): throw mistake("JSON uses double quotes")
        case let word:
            place = start
            // Any other word may be a secret.
            let isKnown = ["yes", "no", "on", "off", "none", "nan", "undefined", "true", "false"].contains(
                word.lowercased()
            )
            let what = isKnown ? "\(word) is not a JSON value" : "this is not a JSON value"
            throw mistake("\(what); texts are in double quotes", orComment: true)
        }
    }

    private mutating func number() throws(ConfigurationError) -> ConfigurationValue {
        let start = place
        while let byte = peek, Self.isLetter(byte) || "+-.0123456789".utf8.contains(byte) { place += 1 }
        let text = String(decoding: bytes[start..<place], as: UTF8.self)
        guard text.wholeMatch(of: /-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?/) != nil else {
            throw mistake("\(text) is not a JSON number", at: start)
        }
        if let integer = Int(text) { return .integer(integer) }
        guard let number = Double(text), number.isFinite else { throw mistake("\(text) is too large", at: start) }
        return .number(number)
    }

    // MARK: Texts

    private mutating func text() throws(ConfigurationError) -> String {
        let start = place
        place += 1
        var units: [UInt8] = []
        while let byte = peek {
            place += 1
            switch byte {
            case UInt8(ascii: "\""):
                guard let text = String(validating: units, as: UTF8.self) else {
                    throw mistake("a text is not UTF-8; save the file as UTF-8", at: start)
                }
                return text
            case UInt8(ascii: "\\"): try escaped(&units)
            case ..<0x20: throw mistake("a line break or another control character is in a text", at: place - 1)
            default: units.append(byte)
            }
        }
        throw mistake("a text does not end; a double quote is missing", at: start)
    }

    private mutating func escaped(_ units: inout [UInt8]) throws(ConfigurationError) {
        let plain: [UInt8: UInt8] = [
            UInt8(ascii: "\""): 0x22, UInt8(ascii: "\\"): 0x5C, UInt8(ascii: "/"): 0x2F, UInt8(ascii: "b"): 0x08,
            UInt8(ascii: "f"): 0x0C, UInt8(ascii: "n"): 0x0A, UInt8(ascii: "r"): 0x0D, UInt8(ascii: "t"): 0x09,
        ]
        guard let byte = peek else { return }
        place += 1
        if let unit = plain[byte] {
            units.append(unit)
        } else if byte == UInt8(ascii: "u") {
            units += String(try escapedScalar()).utf8
        } else {
            throw mistake("\\\(Character(Unicode.Scalar(byte))) is not an escape of JSON", at: place - 2)
        }
    }

    private mutating func escapedScalar() throws(ConfigurationError) -> Unicode.Scalar {
        let high = try codeUnit()
        if let scalar = Unicode.Scalar(high) { return scalar }
        // In Go, half of a surrogate pair becomes U+FFFD.
        guard high < 0xDC00, bytes[place...].starts(with: [UInt8(ascii: "\\"), UInt8(ascii: "u")]) else {
            return "\u{FFFD}"
        }
        let before = place
        place += 2
        let low = try codeUnit()
        guard (0xDC00..<0xE000).contains(low) else {
            place = before
            return "\u{FFFD}"
        }
        return Unicode.Scalar(0x10000 + (high - 0xD800) << 10 + (low - 0xDC00)) ?? "\u{FFFD}"
    }

    private mutating func codeUnit() throws(ConfigurationError) -> UInt32 {
        let digits = bytes[place...].prefix(4)
        let text = String(decoding: digits, as: UTF8.self)
        guard digits.count == 4, text.allSatisfy(\.isHexDigit), let unit = UInt32(text, radix: 16) else {
            throw mistake("\\u needs four hexadecimal digits")
        }
        place += 4
        return unit
    }

    // MARK: Bytes

    private var peek: UInt8? { place < bytes.count ? bytes[place] : nil }

    private mutating func skip(_ character: Character) -> Bool {
        guard let byte = peek, byte == character.asciiValue else { return false }
        place += 1
        return true
    }

    private mutating func skipSpace() {
        while let byte = peek, [0x20, 0x0A, 0x0D, 0x09].contains(byte) { place += 1 }
    }

    private static func isLetter(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20) || byte == UInt8(ascii: "_")
    }

    /// A mistake at the reader's position, or at another one; a comment there is reported as such.
    private func mistake(_ problem: String, at other: Int? = nil, orComment: Bool = false) -> ConfigurationError {
        let place = other ?? place
        let rest = bytes[min(place, bytes.count)...]
        let isComment = orComment && ["//", "/*", "#"].contains { rest.starts(with: $0.utf8) }
        return ConfigurationError(
            isComment ? "comments are not JSON; remove it, or write the configuration in YAML" : problem,
            line: bytes.prefix(place).count { $0 == UInt8(ascii: "\n") } + 1,
            stopsCentrifugo: true
        )
    }
}
