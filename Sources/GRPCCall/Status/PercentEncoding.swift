/// The encoding of `grpc-message` (gRPC over HTTP/2, Responses: Percent-Encoded).
package enum PercentEncoding {
    /// Encodes text for `grpc-message`: printable ASCII except `%` stays, every other UTF-8 byte becomes `%XX`.
    ///
    /// If it would need more than `maximumByteCount` bytes, it is cut before the first character that does not fit.
    package static func encode(_ text: String, maximumByteCount: Int = .max) -> String {
        var encoded: [UInt8] = []
        encoded.reserveCapacity(min(text.utf8.count, maximumByteCount))
        for scalar in text.unicodeScalars {
            let start = encoded.count
            for byte in scalar.utf8 {
                if isPlain(byte) {
                    encoded.append(byte)
                } else {
                    encoded += HexadecimalDigit.percentEncoded(byte)
                }
            }
            guard encoded.count <= maximumByteCount else {
                encoded.removeSubrange(start...)
                break
            }
        }
        return String(decoding: encoded, as: UTF8.self)
    }

    /// Decodes a received `grpc-message`.
    ///
    /// It never fails: gRPC requires invalid escapes to stay as they are. Bytes that are not UTF-8 are replaced, since
    /// the text is only shown to people.
    package static func decode(_ bytes: UnsafeRawBufferPointer) -> String {
        var decoded: [UInt8] = []
        decoded.reserveCapacity(bytes.count)
        var index = 0
        while index < bytes.count {
            if bytes[index] == UInt8(ascii: "%"), index + 2 < bytes.count,
                let high = HexadecimalDigit.value(bytes[index + 1]), let low = HexadecimalDigit.value(bytes[index + 2])
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
}
