/// The digits of hexadecimal numbers in ASCII.
package enum HexadecimalDigit {
    /// The digit of a value below 16, a capital letter from 10 on.
    package static func of(_ value: UInt8) -> UInt8 {
        value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "A") + value - 10
    }

    /// The value of a digit, in capitals or not; nil for any other byte.
    package static func value(_ digit: UInt8) -> UInt8? {
        switch digit {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): digit - UInt8(ascii: "0")
        case UInt8(ascii: "A")...UInt8(ascii: "F"): digit - UInt8(ascii: "A") + 10
        case UInt8(ascii: "a")...UInt8(ascii: "f"): digit - UInt8(ascii: "a") + 10
        default: nil
        }
    }

    /// A byte as `%` and two digits (RFC 3986 §2.1).
    package static func percentEncoded(_ byte: UInt8) -> [UInt8] {
        [UInt8(ascii: "%"), of(byte >> 4), of(byte & 0xF)]
    }
}
