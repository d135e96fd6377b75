/// Finds the pattern that applies to a text, and refuses patterns that would never match.
///
/// An exact text takes precedence over patterns; among patterns, the one that was added first applies. A lookup follows
/// the text's characters through a tree of all patterns: its cost grows with the text's length and with the number of
/// different parameters that begin at one place, not with the number of patterns.
package struct PatternIndex: Sendable {
    /// The patterns, in the order in which they were added.
    package private(set) var patterns: [TopicPattern] = []
    private var trie = TopicTrie()
    /// How many steps the search for conflicts took.
    package private(set) var conflictSteps = 0

    package init() {}

    /// Adds a pattern; its place is the number of those before it.
    ///
    /// - Throws: ``PatternConflictError`` when the pattern would never match, because earlier ones match all its texts.
    package mutating func add(_ pattern: TopicPattern) throws(PatternConflictError) {
        try checkConflicts(of: pattern)
        for (index, variant) in pattern.variants.enumerated() {
            trie.insert(variant, rank: Self.rank(of: variant, place: patterns.count, form: index))
        }
        patterns.append(pattern)
    }

    // MARK: Lookup

    // A rank has room for all forms of a pattern, and for all patterns.
    private static let forms = 1 << 8
    private static let parameterized = 1 << 40

    private static func rank(of variant: TopicVariant, place: Int, form: Int) -> TopicTrie.Rank {
        (variant.names.isEmpty ? 0 : parameterized) + place * forms + form
    }

    /// The place of the pattern that applies to a text, and the text's parts; nil when none matches.
    package func lookUp(_ text: String) -> (place: Int, match: TopicMatch)? {
        guard let rank = trie.lowestRank(of: text.utf8.span).rank else { return nil }
        let form = rank % Self.parameterized
        let pattern = patterns[form / Self.forms]
        return TopicMatch(text, pattern.variants[form % Self.forms], of: pattern).map { (form / Self.forms, $0) }
    }

    /// How many steps the lookup of a text takes.
    package func steps(for text: String) -> Int {
        trie.lowestRank(of: text.utf8.span).steps
    }

    // MARK: Conflicts

    /// Refuses a pattern if, for each of its forms, one earlier form matches all texts.
    ///
    /// Does not detect several earlier forms that match all texts only together.
    private mutating func checkConflicts(of pattern: TopicPattern) throws(PatternConflictError) {
        var takers: [TopicPattern] = []
        for variant in pattern.variants {
            guard let taker = taker(of: variant) else { return }
            if !takers.contains(taker) { takers.append(taker) }
        }
        throw PatternConflictError(of: pattern, with: takers)
    }

    /// The first pattern that matches all texts of a form that is added later.
    ///
    /// Such a pattern matches any one of these texts, and few patterns do: so one text shows which patterns to check.
    private mutating func taker(of variant: TopicVariant) -> TopicPattern? {
        let (ranks, steps) = trie.allRanks(of: variant.shortestChannel.span)
        conflictSteps += steps
        for place in Set(ranks.map { $0 % Self.parameterized / Self.forms }).sorted() {
            conflictSteps += 1
            if patterns[place].takes(variant) { return patterns[place] }
        }
        return nil
    }
}

extension TopicPattern {
    /// Whether a form of this pattern matches all texts of a form that is added later.
    package func takes(_ later: TopicVariant) -> Bool {
        variants.contains { (!later.names.isEmpty || $0.names.isEmpty) && later.isContained(in: $0) }
    }
}
