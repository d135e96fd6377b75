#if HTTPBridge
import CentrifugoProxy

/// The letters of URLs: which stand for themselves, and how the others are written (RFC 3986 §2).
enum URLText {
    /// Encodes bytes for names and values of a query, so that none has a special meaning.
    static func encoded(_ bytes: some Sequence<UInt8>) -> String {
        encoded(bytes) { $0.isUnreserved }
    }

    /// Encodes each byte that `mayStay` rejects as `%` and two digits.
    static func encoded(_ bytes: some Sequence<UInt8>, keeping mayStay: (UInt8) -> Bool) -> String {
        var text: [UInt8] = []
        for byte in bytes {
            if mayStay(byte) {
                text.append(byte)
            } else {
                text += HexadecimalDigit.percentEncoded(byte)
            }
        }
        return String(decoding: text, as: UTF8.self)
    }

    /// Decodes `text`; nil when a `%` is not followed by two digits.
    static func decoded(_ text: some Sequence<UInt8>) -> [UInt8]? {
        var bytes: [UInt8] = []
        var iterator = text.makeIterator()
        while let byte = iterator.next() {
            if byte == UInt8(ascii: "%") {
                guard let high = iterator.next().flatMap(HexadecimalDigit.value),
                    let low = iterator.next().flatMap(HexadecimalDigit.value)
                else { return nil }
                bytes.append(high << 4 | low)
            } else {
                bytes.append(byte)
            }
        }
        return bytes
    }

    /// A query as a client wrote it, with forbidden characters encoded; nil when it cannot be a query.
    ///
    /// What is already encoded stays, so that names and values keep their meaning.
    static func query(_ text: some Collection<UInt8>) -> String? {
        guard decoded(text) != nil, !text.contains(where: { $0.isControl || $0 == UInt8(ascii: "#") }) else {
            return nil
        }
        return encoded(text) { $0.isPathCharacter || "/?%".utf8.contains($0) }
    }
}

extension UInt8 {
    /// Whether the character has no special meaning anywhere in a URL (RFC 3986 §2.3).
    var isUnreserved: Bool { isLetterOrDigit || "-._~".utf8.contains(self) }

    /// Whether a path segment may contain the character literally: RFC 3986 §3.3, `pchar`.
    var isPathCharacter: Bool { isUnreserved || "!$&'()*+,;=:@".utf8.contains(self) }

    /// Whether it is an ASCII control character.
    var isControl: Bool { self < 0x20 || self == 0x7F }

    var isLetterOrDigit: Bool {
        switch self {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: false
        }
    }
}
#endif
