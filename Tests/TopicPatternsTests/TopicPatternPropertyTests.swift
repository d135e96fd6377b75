import CentrifugoProxy
import HTTP2FrameKit
import Testing

@testable import TopicPatterns

/// What holds for all patterns and channels, checked with many over a small alphabet.
@Suite struct TopicPatternPropertyTests {
    private static let constraints = [
        #"\d+"#, "[ab]+", "a|ab|b-", "(ab)+", "[^.]{1,3}", ".+", "a*b", "(a|b.)*b", "[a-c1]{2}", #"\w{2,}"#, "a?b?c",
        "((a|b){1,2}-?){1,3}1", #"\.?[-a]+"#, "(?:a|b{2})c*", "(a?b?){2,3}c",
    ]

    private static func text(_ random: inout SplitMix, upTo longest: Int = 6) -> String {
        String(
            (0..<Int.random(in: 1...longest, using: &random)).compactMap { _ in "aabbc1.-".randomElement(using: &random)
            }
        )
    }

    /// A pattern's text, which may be malformed.
    private static func pattern(_ random: inout SplitMix, _ names: inout Int, depth: Int = 0) -> String {
        (0..<Int.random(in: 1...4, using: &random)).map { _ in
            switch Int.random(in: 0..<8, using: &random) {
            case 0...2: return text(&random, upTo: 2)
            case 3, 4:
                names += 1
                return "{p\(names)}"
            case 5, 6:
                names += 1
                return "{p\(names):\(constraints.randomElement(using: &random) ?? "")}"
            default: return depth < 2 ? "[\(pattern(&random, &names, depth: depth + 1))]" : "a"
            }
        }
        .joined()
    }

    private static func patterns(_ random: inout SplitMix, count: Int) -> [TopicPattern] {
        var patterns: [TopicPattern] = []
        while patterns.count < count {
            var names = 0
            if let pattern = try? TopicPattern(Self.pattern(&random, &names)) { patterns.append(pattern) }
        }
        return patterns
    }

    @Test("has a shortest channel in each of its forms")
    func shortest() {
        let seed = UInt64.random(in: .min ... .max)
        var random = SplitMix(state: seed)
        for pattern in Self.patterns(&random, count: 300) {
            for variant in pattern.variants {
                let channel = variant.shortestChannel
                #expect(variant.ranges(in: channel.span) != nil, "seed \(seed), \(pattern), \(channel)")
            }
        }
    }

    @Test("reads what it builds with the same values")
    func building() throws {
        let seed = UInt64.random(in: .min ... .max)
        var random = SplitMix(state: seed)
        var built = 0
        for pattern in Self.patterns(&random, count: 300) {
            for _ in 0..<40 {
                let names = pattern.parameters.filter { _ in Int.random(in: 0..<6, using: &random) > 0 }
                let values = Dictionary(uniqueKeysWithValues: names.map { ($0, Self.text(&random, upTo: 4)) })
                guard let channel = try? pattern.channel(values) else { continue }
                built += 1
                #expect(pattern.match(channel)?.values == values, "seed \(seed), \(pattern), \(channel)")
            }
        }
        #expect(built > 500, "seed \(seed)")
    }

    @Test("builds what it reads, unless an optional part without a parameter is omitted")
    func reading() throws {
        let seed = UInt64.random(in: .min ... .max)
        var random = SplitMix(state: seed)
        var read = 0
        for pattern in Self.patterns(&random, count: 300) {
            for _ in 0..<200 {
                let channel = Self.text(&random)
                guard let match = pattern.match(channel) else { continue }
                read += 1
                guard let rebuilt = try? pattern.channel(match.values), rebuilt.count >= channel.count else { continue }
                #expect(rebuilt == channel, "seed \(seed), \(pattern)")
            }
        }
        #expect(read > 500, "seed \(seed)")
    }

    @Test("honours constraints as regular expressions do", arguments: constraints)
    func regularExpressions(constraint: String) throws {
        let seed = UInt64.random(in: .min ... .max)
        var random = SplitMix(state: seed)
        let pattern = try TopicPattern("{x:\(constraint)}")
        let regex = try Regex(constraint)
        for _ in 0..<1_000 {
            let text = Self.text(&random, upTo: 7)
            let expected = text.wholeMatch(of: regex) != nil
            #expect((pattern.match(text) != nil) == expected, "seed \(seed), \(text)")
        }
    }

    @Test("finds among many patterns what trying them in order finds")
    func registry() throws {
        let seed = UInt64.random(in: .min ... .max)
        var random = SplitMix(state: seed)
        for _ in 0..<20 {
            var registry = TopicRegistry()
            for pattern in Self.patterns(&random, count: 40) {
                do {
                    try registry.register(pattern.text, TopicRule())
                } catch let error as TopicError {
                    // Refused because others match all its channels: then they do.
                    #expect(error.code == .conflict)
                    for _ in 0..<200 {
                        let channel = Self.text(&random)
                        guard pattern.match(channel) != nil else { continue }
                        #expect(registry.match(channel) != nil, "seed \(seed), \(pattern), \(channel)")
                    }
                }
            }
            for _ in 0..<500 {
                let channel = Self.text(&random)
                let exact = registry.patterns.first { $0.match(channel)?.values.isEmpty == true }
                let expected = exact ?? registry.patterns.first { $0.match(channel) != nil }
                let found = registry.match(channel)
                #expect(found?.pattern == expected, "seed \(seed), \(channel)")
                #expect(found?.values == expected?.match(channel)?.values, "seed \(seed), \(channel)")
            }
        }
    }
}
