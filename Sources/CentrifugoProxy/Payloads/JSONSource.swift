import Synchronization

/// The text that a decoder reads, for values that need more of it than the decoder tells: all digits of its numbers.
final class JSONSource: Sendable {
    static let key = CodingUserInfoKey(rawValue: "CentrifugoProxy.JSONSource")

    private let bytes: [UInt8]
    // Read once, when the first value asks, since most types that are decoded have none.
    private let root = Mutex<JSONValue?>(nil)

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    /// Whether a text has a number that a decoder may be unable to hand over with all digits: a long one, or one with an
    /// exponent.
    ///
    /// Most texts have none, and are decoded without a source, since that takes time even when no value asks for it.
    static func isNeeded(for bytes: [UInt8]) -> Bool {
        var length = 0
        for byte in bytes {
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."):
                length += 1
                if length > JSONNumber.mostDigits { return true }
            case UInt8(ascii: "e"), UInt8(ascii: "E"):
                if length > 0 { return true }
            default: length = 0
            }
        }
        return false
    }

    /// The value that a decoder is at; nil for a decoder without a source.
    static func value(at decoder: any Decoder) throws -> JSONValue? {
        guard let key, let source = decoder.userInfo[key] as? JSONSource else { return nil }
        return try source.value(at: decoder.codingPath)
    }

    private func value(at path: [any CodingKey]) throws -> JSONValue? {
        var value = try root.withLock { root in
            let value = try root ?? JSONValueReader.value(of: bytes)
            root = value
            return value
        }
        for key in path {
            // A name may look like an index, so the value decides which of them is meant.
            let inner =
                switch value {
                case .object(let members): members[key.stringValue]
                default: key.intValue.flatMap { value[$0] }
                }
            guard let inner else { return nil }
            value = inner
        }
        return value
    }
}
