/// Maps channels to the rules that decide about them.
///
/// A value that is made when the program starts. An exact channel takes precedence over patterns; among patterns, the
/// one registered first applies. A channel that matches no pattern is denied. A lookup follows the channel's characters
/// through a tree of all patterns: its cost grows with the channel's length and with the number of different parameters
/// that begin at one place, not with the number of patterns.
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
    /// How many steps the search for conflicts took.
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
    /// - Throws: ``TopicError`` for a pattern that cannot be parsed, that lacks a parameter which the rule needs, or
    ///   that would never match because earlier ones match all its channels.
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

    /// The parts of a channel by the pattern that applies to it; nil when none matches.
    public func match(_ channel: String) -> TopicMatch? {
        lookUp(channel)?.match
    }

    // MARK: Lookup

    // A rank has room for all forms of a pattern, and for all patterns.
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

    /// How many steps the lookup of a channel takes.
    func steps(for channel: String) -> Int {
        trie.lowestRank(of: channel.utf8.span).steps
    }

    // MARK: Conflicts

    /// Refuses a pattern if, for each of its forms, one earlier form matches all channels.
    ///
    /// Does not detect several earlier forms that match all channels only together.
    private mutating func checkConflicts(of pattern: TopicPattern) throws {
        var takers: [TopicPattern] = []
        for variant in pattern.variants {
            guard let taker = taker(of: variant) else { return }
            if !takers.contains(taker) { takers.append(taker) }
        }
        if let only = takers.first, takers.count == 1 {
            guard only != pattern else {
                throw TopicError(.conflict, "The topic pattern \"\(pattern)\" is registered twice; remove one.")
            }
            guard !only.variants.allSatisfy({ pattern.takes($0) }) else {
                throw TopicError(
                    .conflict,
                    "The topic patterns \"\(only)\" and \"\(pattern)\" match the same channels; remove one."
                )
            }
        }
        throw TopicError(
            .conflict,
            "The topic pattern \"\(pattern)\" never matches, because earlier patterns match all its channels: "
                + "\(takers.map { "\"\($0)\"" }.joined(separator: ", ")); register \"\(pattern)\" first."
        )
    }
}

extension TopicRegistry {
    /// The first pattern that matches all channels of a form that is registered later.
    ///
    /// Such a pattern matches any one of these channels, and few patterns do: so one channel shows which patterns to
    /// check.
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
    /// Whether a form of this pattern matches all channels of a form that is registered later.
    func takes(_ later: TopicVariant) -> Bool {
        variants.contains { (!later.names.isEmpty || $0.names.isEmpty) && later.isContained(in: $0) }
    }
}
