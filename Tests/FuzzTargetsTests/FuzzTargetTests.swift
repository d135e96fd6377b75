import Foundation
import FuzzTargets
import Testing

/// Feeds each target with its committed seeds.
@Suite struct FuzzTargetTests {
    static let seeds = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "FuzzSeeds")

    /// The seeds of a target, those made by hand and those found: a line each, in hexadecimal digits.
    static func seeds(of target: FuzzTarget) throws -> [[UInt8]] {
        let text = try ["hex", "found.hex"].map { suffix in
            try String(contentsOf: seeds.appending(path: "\(target.name).\(suffix)"), encoding: .utf8)
        }
        return try text.joined().split(separator: "\n", omittingEmptySubsequences: true).map { line in
            let digits = Array(line.utf8)
            return try stride(from: 0, to: digits.count, by: 2).map { start in
                let pair = String(decoding: digits[start..<min(start + 2, digits.count)], as: UTF8.self)
                return try #require(UInt8(pair, radix: 16), "'\(pair)' in \(target.name).hex")
            }
        }
    }

    @Test("keeps its promises with every seed", arguments: FuzzTarget.all)
    func seeds(target: FuzzTarget) throws {
        let seeds = try Self.seeds(of: target)
        #expect(seeds.count >= 10)
        for (number, seed) in seeds.enumerated() {
            #expect(throws: Never.self, "seed \(number + 1)") { try seed.withUnsafeBytes(target.run) }
        }
    }

    @Test("keeps its promises with no bytes", arguments: FuzzTarget.all)
    func nothing(target: FuzzTarget) throws {
        try target.run(UnsafeRawBufferPointer(start: nil, count: 0))
    }
}

extension FuzzTarget: CustomTestStringConvertible {
    package var testDescription: String { name }
}
