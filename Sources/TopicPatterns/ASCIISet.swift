/// A set of ASCII characters; Centrifugo's channels have no others.
struct ASCIISet: Hashable, Sendable {
    private var low: UInt64 = 0
    private var high: UInt64 = 0

    /// All characters but the control characters.
    static let printable = ASCIISet(0x20...0x7E)
    static let digits = ASCIISet(UInt8(ascii: "0")...UInt8(ascii: "9"))
    static let wordCharacters = digits.union(ASCIISet(UInt8(ascii: "a")...UInt8(ascii: "z")))
        .union(ASCIISet(UInt8(ascii: "A")...UInt8(ascii: "Z"))).union(ASCIISet(UInt8(ascii: "_")))

    init() {}

    init(_ byte: UInt8) {
        insert(byte)
    }

    init(_ range: ClosedRange<UInt8>) {
        for byte in range { insert(byte) }
    }

    var isEmpty: Bool { low | high == 0 }

    mutating func insert(_ byte: UInt8) {
        if byte < 64 { low |= 1 << UInt64(byte) } else if byte < 128 { high |= 1 << UInt64(byte - 64) }
    }

    func contains(_ byte: UInt8) -> Bool {
        byte < 64 ? low >> UInt64(byte) & 1 == 1 : byte < 128 && high >> UInt64(byte - 64) & 1 == 1
    }

    func union(_ other: ASCIISet) -> ASCIISet {
        combined(low | other.low, high | other.high)
    }

    func subtracting(_ other: ASCIISet) -> ASCIISet {
        combined(low & ~other.low, high & ~other.high)
    }

    private func combined(_ low: UInt64, _ high: UInt64) -> ASCIISet {
        var set = ASCIISet()
        (set.low, set.high) = (low, high)
        return set
    }

    /// The characters, in their order.
    var bytes: [UInt8] {
        (0..<128).filter { contains($0) }
    }
}
