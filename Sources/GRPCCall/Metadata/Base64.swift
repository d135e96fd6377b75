/// Base64 with the standard alphabet (RFC 4648 §4), as binary metadata is sent.
package enum Base64 {
    /// Encodes without padding, as gRPC requires of senders.
    package static func encode(_ bytes: some Collection<UInt8>) -> String {
        var text: [UInt8] = []
        text.reserveCapacity((bytes.count * 4 + 2) / 3)
        var pending: UInt32 = 0
        var pendingBits = 0
        for byte in bytes {
            pending = pending << 8 | UInt32(byte)
            pendingBits += 8
            while pendingBits >= 6 {
                pendingBits -= 6
                text.append(character(pending >> pendingBits & 0x3F))
            }
        }
        if pendingBits > 0 { text.append(character(pending << (6 - pendingBits) & 0x3F)) }
        return String(decoding: text, as: UTF8.self)
    }

    /// Decodes padded or unpadded text; `nil` when it is not base64.
    ///
    /// Bits left over in the last character are ignored, as grpc-go ignores them.
    package static func decode(_ text: UnsafeRawBufferPointer) -> [UInt8]? {
        guard let text = withoutPadding(text) else { return nil }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.count * 3 / 4)
        var pending: UInt32 = 0
        var pendingBits = 0
        for character in text {
            guard let value = value(of: character) else { return nil }
            pending = pending << 6 | value
            pendingBits += 6
            guard pendingBits >= 8 else { continue }
            pendingBits -= 8
            bytes.append(UInt8(truncatingIfNeeded: pending >> pendingBits))
        }
        return bytes
    }

    /// Whether `decode` would succeed, without allocating.
    package static func isValid(_ text: UnsafeRawBufferPointer) -> Bool {
        guard let text = withoutPadding(text) else { return false }
        return text.allSatisfy { value(of: $0) != nil }
    }

    /// The text before its padding; `nil` when base64 cannot have this length.
    private static func withoutPadding(_ text: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer? {
        var count = text.count
        if count % 4 == 0 {
            while count > max(0, text.count - 2), text[count - 1] == UInt8(ascii: "=") { count -= 1 }
        }
        guard count % 4 != 1 else { return nil }
        return UnsafeRawBufferPointer(rebasing: text[..<count])
    }

    private static func character(_ value: UInt32) -> UInt8 {
        let value = UInt8(truncatingIfNeeded: value)
        return switch value {
        case 0..<26: UInt8(ascii: "A") + value
        case 26..<52: UInt8(ascii: "a") + value - 26
        case 52..<62: UInt8(ascii: "0") + value - 52
        case 62: UInt8(ascii: "+")
        default: UInt8(ascii: "/")
        }
    }

    private static func value(of character: UInt8) -> UInt32? {
        switch character {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"): UInt32(character - UInt8(ascii: "A"))
        case UInt8(ascii: "a")...UInt8(ascii: "z"): UInt32(character - UInt8(ascii: "a")) + 26
        case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt32(character - UInt8(ascii: "0")) + 52
        case UInt8(ascii: "+"): 62
        case UInt8(ascii: "/"): 63
        default: nil
        }
    }
}
