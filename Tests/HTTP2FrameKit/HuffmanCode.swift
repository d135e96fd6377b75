/// HPACK's Huffman code (RFC 7541 Appendix B).
///
/// The code is canonical: codes of equal length are consecutive numbers in the order of their symbols. The lengths alone
/// therefore say it all.
enum HuffmanCode {
    private static let endOfString = 256

    /// The length in bits of each symbol's code, the end-of-string symbol last.
    private static let lengths: [Int] = [
        13, 23, 28, 28, 28, 28, 28, 28, 28, 24, 30, 28, 28, 30, 28, 28, 28, 28, 28, 28, 28, 28, 30, 28, 28, 28, 28, 28,
        28, 28, 28, 28,
        6, 10, 10, 12, 13, 6, 8, 11, 10, 10, 8, 11, 8, 6, 6, 6, 5, 5, 5, 6, 6, 6, 6, 6, 6, 6, 7, 8, 15, 6, 12, 10,
        13, 6, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 8, 7, 8, 13, 19, 13, 14, 6,
        15, 5, 6, 5, 6, 5, 6, 6, 6, 5, 7, 7, 6, 6, 6, 5, 6, 7, 6, 5, 5, 6, 7, 7, 7, 7, 7, 15, 11, 14, 13, 28,
        20, 22, 20, 20, 22, 22, 22, 23, 22, 23, 23, 23, 23, 23, 24, 23, 24, 24, 22, 23, 24, 23, 23, 23, 23, 21, 22, 23,
        22, 23, 23, 24,
        22, 21, 20, 22, 22, 23, 23, 21, 23, 22, 22, 24, 21, 22, 23, 23, 21, 21, 22, 21, 23, 22, 23, 23, 20, 22, 22, 22,
        23, 22, 22, 23,
        26, 26, 20, 19, 22, 23, 22, 25, 26, 26, 26, 27, 27, 26, 24, 25, 19, 21, 26, 27, 27, 26, 27, 24, 21, 21, 26, 26,
        28, 27, 27, 27,
        20, 24, 20, 21, 22, 21, 21, 23, 22, 22, 25, 25, 24, 24, 26, 23, 26, 27, 26, 26, 27, 27, 27, 27, 27, 28, 27, 27,
        27, 27, 27, 26,
        30,
    ]

    private struct Code: Hashable {
        let bits: UInt32
        let length: Int
    }

    private static let symbols: [Code: Int] = {
        var symbols: [Code: Int] = [:]
        var next: UInt32 = 0
        for length in 1...30 {
            for symbol in lengths.indices where lengths[symbol] == length {
                symbols[Code(bits: next, length: length)] = symbol
                next += 1
            }
            next <<= 1
        }
        return symbols
    }()

    static func decode(_ bytes: some Sequence<UInt8>) throws(HPACKError) -> [UInt8] {
        var decoded: [UInt8] = []
        var code: UInt32 = 0
        var length = 0
        for byte in bytes {
            for shift in (0..<8).reversed() {
                code = code << 1 | UInt32(byte >> shift & 1)
                length += 1
                guard length <= 30 else { throw .invalidHuffman }
                guard let symbol = symbols[Code(bits: code, length: length)] else { continue }
                // RFC 7541 §5.2: the end-of-string symbol inside a string is an error.
                guard symbol != endOfString else { throw .invalidHuffman }
                decoded.append(UInt8(symbol))
                code = 0
                length = 0
            }
        }
        // RFC 7541 §5.2: padding is less than a byte, all ones.
        guard length < 8, code == 1 << length - 1 else { throw .invalidHuffman }
        return decoded
    }
}
