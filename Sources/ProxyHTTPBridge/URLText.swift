#if HTTPBridge
import CentrifugoProxy

/// The letters of URLs: which stand for themselves, and how the others are written (RFC 3986 §2).
enum URLText {
    /// Writes bytes so that nothing but their own meaning is left, for names and values of a query.
    static func encoded(_ bytes: some Sequence<UInt8>) -> String {
        encoded(bytes) { $0.isUnreserved }
    }

    /// Writes bytes with `%` and two digits for each that `mayStay` does not let through.
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

    /// The bytes that `text` stands for; nil when a `%` has no two digits behind it.
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

    /// A query as a client wrote it, with what may not stand there encoded; nil when it cannot be one.
    ///
    /// What is encoded already stays as it is, so that names and values keep their meaning.
    static func query(_ text: some Collection<UInt8>) -> String? {
        guard decoded(text) != nil, !text.contains(where: { $0.isControl || $0 == UInt8(ascii: "#") }) else {
            return nil
        }
        return encoded(text) { $0.isPathCharacter || "/?%".utf8.contains($0) }
    }
}

extension UInt8 {
    /// Whether a URL may have the letter anywhere with no meaning but itself (RFC 3986 §2.3).
    var isUnreserved: Bool { isLetterOrDigit || "-._~".utf8.contains(self) }

    /// Whether a segment of a path may have it as it is: RFC 3986 §3.3, `pchar`.
    var isPathCharacter: Bool { isUnreserved || "!$&'()*+,;=:@".utf8.contains(self) }

    /// Whether it is a control character of ASCII.
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
