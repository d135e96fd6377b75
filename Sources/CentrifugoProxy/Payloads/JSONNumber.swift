/// A number of JSON, with all its digits.
///
/// JSON sets no limit to numbers, and every Swift type for them does. So a number stays the text that it is written as,
/// and is sent as that. It is converted only when the application asks for another type. Two numbers are equal if their
/// values are: `1`, `1.0` and `10e-1` are.
public struct JSONNumber: Sendable {
    /// The number as JSON.
    public let text: String

    /// Makes a number from JSON; nil for any other text.
    public init?(_ text: String) {
        let bytes = Array(text.utf8)
        guard let first = bytes.first, let last = bytes.last, JSONSyntax.isValid(bytes) else { return nil }
        // Valid JSON that begins and ends like a number, without space around it, is one.
        guard first == UInt8(ascii: "-") || Self.isDigit(first), Self.isDigit(last) else { return nil }
        self.text = text
    }

    /// Makes a number from a whole number.
    public init(_ value: some BinaryInteger) {
        text = String(value)
    }

    /// Makes a number with the fewest digits that stand for a `Double`; nil for an infinite one and for `nan`.
    public init?(_ value: Double) {
        guard value.isFinite else { return nil }
        text = value.description
    }

    /// Makes a number from the part of a JSON text that is one.
    init(checked text: String) {
        self.text = text
    }

    /// The number as an `Int`; nil for one that does not fit or has a fraction other than zero.
    public var int: Int? { exactly(Int.self) }

    /// The number as an integer type; nil for one that does not fit or has a fraction other than zero.
    public func exactly<Integer: FixedWidthInteger>(_ type: Integer.Type) -> Integer? {
        if let value = Integer(text) { return value }
        // No integer type here has more digits.
        guard let parts = Parts(text), parts.exponent >= 0, parts.digits.count + parts.exponent <= 40 else {
            return nil
        }
        let digits = parts.digits + String(repeating: "0", count: parts.exponent)
        return Integer((parts.isNegative ? "-" : "") + (digits.isEmpty ? "0" : digits))
    }

    /// The closest `Double`; nil for a number above all of them.
    public var double: Double? {
        Double(text).flatMap { $0.isFinite ? $0 : nil }
    }

    /// The digits without zeros around them.
    var digitCount: Int { Parts(text)?.digits.utf8.count ?? .max }

    private static func isDigit(_ byte: UInt8) -> Bool {
        UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte
    }
}

extension JSONNumber {
    /// A value as the only digits and exponent that it can have.
    private struct Parts: Hashable {
        var isNegative: Bool
        /// Neither begins nor ends with a zero; empty for zero.
        var digits: String
        /// The power of ten of the last digit.
        var exponent = 0

        /// Nil when the exponent is beyond all reason.
        init?(_ text: String) {
            isNegative = text.utf8.first == UInt8(ascii: "-")
            let parts = text.dropFirst(isNegative ? 1 : 0).split(whereSeparator: { $0 == "e" || $0 == "E" })
            let mantissa = parts.first?.split(separator: ".") ?? []
            digits = mantissa.joined()
            guard let written = parts.count > 1 ? Int(parts[1]) : 0, written.magnitude < 1 << 40 else { return nil }
            let fraction = mantissa.count > 1 ? mantissa[1].utf8.count : 0
            let trailing = digits.utf8.reversed().prefix { $0 == UInt8(ascii: "0") }.count
            digits = String(digits.dropLast(trailing).drop { $0 == "0" })
            guard !digits.isEmpty else {
                isNegative = false
                return
            }
            exponent = written - fraction + trailing
        }
    }
}

extension JSONNumber: Hashable {
    /// Compares values; numbers with exponents beyond all reason are compared as texts.
    public static func == (left: JSONNumber, right: JSONNumber) -> Bool {
        if left.text == right.text { return true }
        guard let parts = Parts(left.text) else { return false }
        return parts == Parts(right.text)
    }

    /// Hashes the value.
    public func hash(into hasher: inout Hasher) {
        if let parts = Parts(text) { hasher.combine(parts) } else { hasher.combine(text) }
    }
}

extension JSONNumber: ExpressibleByIntegerLiteral, CustomStringConvertible {
    /// Makes a whole number.
    public init(integerLiteral value: Int) {
        self.init(value)
    }

    /// The number as JSON.
    public var description: String { text }
}
