/// The encoding of `grpc-message` (gRPC over HTTP/2, Responses: Percent-Encoded).
package enum PercentEncoding {
    /// Text as `grpc-message` carries it: printable ASCII but `%` as it is, each other UTF-8 byte as `%XX`.
    ///
    /// Text that would need more than `maximumByteCount` bytes is cut before the character that does not fit.
    package static func encode(_ text: String, maximumByteCount: Int = .max) -> String {
        var encoded: [UInt8] = []
        encoded.reserveCapacity(min(text.utf8.count, maximumByteCount))
        for scalar in text.unicodeScalars {
            let start = encoded.count
            for byte in scalar.utf8 {
                if isPlain(byte) {
                    encoded.append(byte)
                } else {
                    encoded += [UInt8(ascii: "%"), hexadecimalDigit(byte >> 4), hexadecimalDigit(byte & 0xF)]
                }
            }
            guard encoded.count <= maximumByteCount else {
                encoded.removeSubrange(start...)
                break
            }
        }
        return String(decoding: encoded, as: UTF8.self)
    }

    /// The text of a received `grpc-message`.
    ///
    /// Never fails: gRPC asks to keep what is not a valid escape as it stands. Bytes that are not UTF-8 are replaced,
    /// for the text is only shown to people.
    package static func decode(_ bytes: UnsafeRawBufferPointer) -> String {
        var decoded: [UInt8] = []
        decoded.reserveCapacity(bytes.count)
        var index = 0
        while index < bytes.count {
            if bytes[index] == UInt8(ascii: "%"), index + 2 < bytes.count,
                let high = hexadecimalValue(bytes[index + 1]), let low = hexadecimalValue(bytes[index + 2])
            {
                decoded.append(high << 4 | low)
                index += 3
            } else {
                decoded.append(bytes[index])
                index += 1
            }
        }
        return String(decoding: decoded, as: UTF8.self)
    }

    private static func isPlain(_ byte: UInt8) -> Bool {
        (0x20...0x7E).contains(byte) && byte != UInt8(ascii: "%")
    }

    private static func hexadecimalDigit(_ value: UInt8) -> UInt8 {
        value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "A") + value - 10
    }

    private static func hexadecimalValue(_ digit: UInt8) -> UInt8? {
        switch digit {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): digit - UInt8(ascii: "0")
        case UInt8(ascii: "A")...UInt8(ascii: "F"): digit - UInt8(ascii: "A") + 10
        case UInt8(ascii: "a")...UInt8(ascii: "f"): digit - UInt8(ascii: "a") + 10
        default: nil
        }
    }
}
