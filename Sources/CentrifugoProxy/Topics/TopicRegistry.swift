/// Which rule decides about which channels.
///
/// It is made at start, and a value. An exact channel comes before patterns, and among patterns the one registered first.
/// A channel that no pattern takes is denied. Looking a channel up follows its characters through a tree of all patterns: the
/// cost grows with its length and with how many different parameters begin in one place, not with the number of patterns.
///
/// ```swift
/// var topics = TopicRegistry()
/// try topics.register("public", .allow(.anyone))
/// try topics.register("user-{id}", .allow(.owner("id")))
/// try topics.register("chat.{room:[a-z]+}", to: Rooms())
/// let router = TopicRouter(topics)
/// ```
public struct TopicRegistry: Sendable {
    private struct Entry: Sendable {
        let pattern: TopicPattern
        let rule: TopicRule
    }

    private var entries: [Entry] = []
    private var trie = TopicTrie()
    /// How much work it was to look for conflicts.
    private(set) var conflictSteps = 0

    /// Makes a registry that denies everything.
    public init() {}

    /// The registered patterns, in their order.
    public var patterns: [TopicPattern] { entries.map(\.pattern) }

    /// Adds a pattern and the rule for its channels.
    ///
    /// - Parameters:
    ///   - pattern: The form of the channels; see ``TopicPattern``.
    ///   - rule: Decides about them.
    /// - Throws: ``TopicError`` for a pattern that cannot be read, that lacks a parameter which the rule asks for, or that
    ///   would never match because an earlier one takes all its channels.
    public mutating func register(_ pattern: String, _ rule: TopicRule) throws {
        let pattern = try TopicPattern(pattern)
        if let missing = rule.parameters.sorted().first(where: { !pattern.parameters.contains($0) }) {
            throw TopicError(
                .unknownParameter,
                "The rule for the topic pattern \"\(pattern)\" asks for a parameter {\(missing)}, and the pattern has only "
                    + "\(pattern.parameters)."
            )
        }
        try checkConflicts(of: pattern)
        for (index, variant) in pattern.variants.enumerated() {
            trie.insert(variant, rank: Self.rank(of: variant, entry: entries.count, form: index))
        }
        entries.append(Entry(pattern: pattern, rule: rule))
    }

    /// Adds a pattern and the actor that decides about its channels.
    ///
    /// - Parameters:
    ///   - pattern: The form of the channels; see ``TopicPattern``.
    ///   - handler: Decides about them.
    /// - Throws: As ``register(_:_:)`` does.
    public mutating func register(_ pattern: String, to handler: some TopicHandler) throws {
        try register(pattern, TopicRule(handler))
    }

    /// Takes a channel apart by the pattern that counts for it; nil when none takes it.
    public func match(_ channel: String) -> TopicMatch? {
        lookUp(channel)?.match
    }

    // MARK: Looking up

    // Room in a rank for all forms of a pattern, and for all patterns.
    private static let forms = 1 << 8
    private static let parameterized = 1 << 40

    private static func rank(of variant: TopicVariant, entry: Int, form: Int) -> TopicTrie.Rank {
        (variant.names.isEmpty ? 0 : parameterized) + entry * forms + form
    }

    /// The rule for a channel.
    func lookUp(_ channel: String) -> (rule: TopicRule, match: TopicMatch)? {
        guard let rank = trie.lowestRank(of: channel.utf8.span).rank else { return nil }
        let place = rank % Self.parameterized
        let entry = entries[place / Self.forms]
        let variant = entry.pattern.variants[place % Self.forms]
        return TopicMatch(channel, variant, of: entry.pattern).map { (entry.rule, $0) }
    }

    /// How much work it is to look a channel up.
    func steps(for channel: String) -> Int {
        trie.lowestRank(of: channel.utf8.span).steps
    }

    // MARK: Conflicts

    /// Refuses a pattern each of whose forms is taken as a whole by a form that comes before it.
    ///
    /// Several earlier forms that take it only together go unnoticed.
    private mutating func checkConflicts(of pattern: TopicPattern) throws {
        var takers: [TopicPattern] = []
        for variant in pattern.variants {
            guard let taker = taker(of: variant) else { return }
            if !takers.contains(taker) { takers.append(taker) }
        }
        if let only = takers.first, takers.count == 1 {
            guard only != pattern else {
                throw TopicError(.conflict, "The topic pattern \"\(pattern)\" is registered twice; leave one out.")
            }
            guard !only.variants.allSatisfy({ pattern.takes($0) }) else {
                throw TopicError(
                    .conflict,
                    "The topic patterns \"\(only)\" and \"\(pattern)\" take the same channels; leave one out."
                )
            }
        }
        throw TopicError(
            .conflict,
            "The topic pattern \"\(pattern)\" never gets a channel, because all are taken by what is registered before: "
                + "\(takers.map { "\"\($0)\"" }.joined(separator: ", ")); register \"\(pattern)\" first."
        )
    }
}

extension TopicRegistry {
    /// The first pattern that takes all channels of a form that is registered later.
    ///
    /// What takes all takes any one of them, and few patterns do: so one channel tells which are worth a look.
    private mutating func taker(of variant: TopicVariant) -> TopicPattern? {
        let (ranks, steps) = trie.allRanks(of: variant.shortestChannel.span)
        conflictSteps += steps
        for place in Set(ranks.map { $0 % Self.parameterized / Self.forms }).sorted() {
            conflictSteps += 1
            if entries[place].pattern.takes(variant) { return entries[place].pattern }
        }
        return nil
    }
}

extension TopicPattern {
    /// Whether a form of this pattern takes all channels of a form that is registered later.
    func takes(_ later: TopicVariant) -> Bool {
        variants.contains { (!later.names.isEmpty || $0.names.isEmpty) && later.isContained(in: $0) }
    }
}
