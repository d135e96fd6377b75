/// HPACK's integers: the low bits of a first byte, then seven bits a byte, lowest first (RFC 7541 §5.1).
enum HPACKInteger {
    /// Appends `value`; `pattern` are the bits of the first byte above the prefix.
    static func encode(_ value: Int, prefix bits: Int, pattern: UInt8, into bytes: inout [UInt8]) {
        let limit = 1 << bits - 1
        guard value >= limit else {
            bytes.append(pattern | UInt8(value))
            return
        }
        bytes.append(pattern | UInt8(limit))
        var rest = value - limit
        while rest >= 0x80 {
            bytes.append(UInt8(rest & 0x7F) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(rest))
    }

    /// Takes an integer from the front of `bytes`.
    static func decode(prefix bits: Int, from bytes: inout ArraySlice<UInt8>) throws(HPACKError) -> Int {
        guard let first = bytes.popFirst() else { throw .truncated }
        let limit = 1 << bits - 1
        var value = Int(first) & limit
        guard value == limit else { return value }
        for shift in stride(from: 0, to: 35, by: 7) {
            guard let byte = bytes.popFirst() else { throw .truncated }
            value += Int(byte & 0x7F) << shift
            if byte & 0x80 == 0 { return value }
        }
        throw .integerTooLarge
    }
}
