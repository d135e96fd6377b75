import GRPCCall

/// Reads a JSON text that ``JSONSyntax`` has found valid.
///
/// So it checks no syntax again, and calls itself no deeper than that allows.
struct JSONValueReader {
    private let bytes: [UInt8]
    private var position = 0

    /// Reads a text.
    ///
    /// - Throws: `PayloadError` for what is not JSON, is nested too deeply, or means different things to different
    ///   readers.
    static func value(of bytes: [UInt8]) throws(PayloadError) -> JSONValue {
        try Payload.checkJSON(bytes)
        var reader = JSONValueReader(bytes: bytes)
        return try reader.value()
    }

    private init(bytes: [UInt8]) {
        self.bytes = bytes
    }

    /// The next byte; zero at the end.
    private var current: UInt8 { position < bytes.count ? bytes[position] : 0 }

    private mutating func skipSpace() {
        while current == 0x20 || current == 0x0A || current == 0x0D || current == 0x09 { position += 1 }
    }

    /// Goes past a character that follows after any space, and tells whether it does.
    private mutating func take(_ character: Unicode.Scalar) -> Bool {
        skipSpace()
        return takeNext(character)
    }

    private mutating func takeNext(_ character: Unicode.Scalar) -> Bool {
        guard current == UInt8(ascii: character) else { return false }
        position += 1
        return true
    }

    private mutating func value() throws(PayloadError) -> JSONValue {
        skipSpace()
        switch current {
        case UInt8(ascii: "{"): return .object(try members())
        case UInt8(ascii: "["): return .array(try elements())
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "t"):
            position += 4
            return .bool(true)
        case UInt8(ascii: "f"):
            position += 5
            return .bool(false)
        case UInt8(ascii: "n"):
            position += 4
            return .null
        default: return .number(number())
        }
    }

    private mutating func members() throws(PayloadError) -> [String: JSONValue] {
        position += 1
        var members: [String: JSONValue] = [:]
        guard !take("}") else { return members }
        repeat {
            skipSpace()
            let name = try string()
            _ = take(":")
            // Readers differ in which of the values they take; and Swift considers some texts with different bytes
            // equal.
            guard members.updateValue(try value(), forKey: name) == nil else {
                throw PayloadError(description: "an object of the payload has a name twice")
            }
        } while take(",")
        _ = take("}")
        return members
    }

    private mutating func elements() throws(PayloadError) -> [JSONValue] {
        position += 1
        var elements: [JSONValue] = []
        guard !take("]") else { return elements }
        repeat { elements.append(try value()) } while take(",")
        _ = take("]")
        return elements
    }

    private mutating func number() -> JSONNumber {
        let start = position
        while "+-.0123456789Ee".utf8.contains(current) { position += 1 }
        return JSONNumber(checked: String(decoding: bytes[start..<position], as: UTF8.self))
    }

    // MARK: Strings

    private mutating func string() throws(PayloadError) -> String {
        position += 1
        var start = position
        var unescaped: [UInt8] = []
        while position < bytes.count, current != UInt8(ascii: "\"") {
            guard current == UInt8(ascii: "\\") else {
                position += 1
                continue
            }
            unescaped += bytes[start..<position]
            position += 1
            unescaped += try escaped()
            start = position
        }
        defer { position += 1 }
        guard !unescaped.isEmpty else { return String(decoding: bytes[start..<position], as: UTF8.self) }
        unescaped += bytes[start..<position]
        return String(decoding: unescaped, as: UTF8.self)
    }

    /// The UTF-8 of the character that an escape stands for; `position` is after the backslash.
    private mutating func escaped() throws(PayloadError) -> [UInt8] {
        let escape = current
        position += 1
        switch escape {
        case UInt8(ascii: "b"): return [0x08]
        case UInt8(ascii: "f"): return [0x0C]
        case UInt8(ascii: "n"): return [0x0A]
        case UInt8(ascii: "r"): return [0x0D]
        case UInt8(ascii: "t"): return [0x09]
        case UInt8(ascii: "u"): return Array(String(Character(try scalar())).utf8)
        default: return [escape]
        }
    }

    /// The character of `\uD83D\uDE00`, of which the first `\u` has been read.
    private mutating func scalar() throws(PayloadError) -> Unicode.Scalar {
        var code = unit()
        if 0xD800..<0xDC00 ~= code, takeNext("\\"), takeNext("u") {
            let low = unit()
            guard 0xDC00..<0xE000 ~= low else { throw Self.halfOfPair }
            code = 0x1_0000 + (code - 0xD800) << 10 + (low - 0xDC00)
        }
        guard let scalar = Unicode.Scalar(code) else { throw Self.halfOfPair }
        return scalar
    }

    private static let halfOfPair = PayloadError(
        description: "a string of the payload has half of a pair of \\u escapes, which stands for no character"
    )

    private mutating func unit() -> UInt32 {
        var code: UInt32 = 0
        for _ in 0..<4 {
            code = code << 4 | UInt32(HexadecimalDigit.value(current) ?? 0)
            position += 1
        }
        return code
    }
}
