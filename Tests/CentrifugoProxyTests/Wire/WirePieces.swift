import HTTP2FrameKit

/// How a recording is cut into what a session gets at a time.
enum WirePieces: Sendable, CustomStringConvertible {
    case whole
    case bytes
    /// Between one byte and 16 KiB, short ones as often as long ones.
    case random(seed: UInt64)

    static let all: [WirePieces] = [.whole, .bytes, .random(seed: 1), .random(seed: 2), .random(seed: 3)]

    var description: String {
        switch self {
        case .whole: "in one piece"
        case .bytes: "byte by byte"
        case .random(let seed): "in random pieces, seed \(seed)"
        }
    }

    /// Where each piece of `count` bytes ends.
    func ends(of count: Int) -> [Int] {
        switch self {
        case .whole: return [count]
        case .bytes: return Array(1...count)
        case .random(let seed):
            var random = SplitMix(state: seed)
            var ends: [Int] = []
            while ends.last != count {
                let largest = 1 << Int.random(in: 0...14, using: &random)
                let size = Int.random(in: 1...largest, using: &random)
                ends.append(min((ends.last ?? 0) + size, count))
            }
            return ends
        }
    }
}

extension [Int] {
    /// The piece that has the byte before `place`, where the elements are the ends of pieces.
    func piece(with place: Int) -> Int {
        var low = 0
        var high = count
        while low < high {
            let middle = (low + high) / 2
            if self[middle] < place { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
