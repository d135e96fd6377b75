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
    private var index = PatternIndex()
    /// The rule of each pattern, in the index's order.
    private var rules: [TopicRule] = []

    /// Makes a registry that denies everything.
    public init() {}

    /// The registered patterns, in their order.
    public var patterns: [TopicPattern] { index.patterns }

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
        do throws(PatternConflictError) {
            try index.add(pattern)
        } catch {
            throw TopicError(.conflict, error.sentence(about: "topic pattern", texts: "channels"))
        }
        rules.append(rule)
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

    /// The rule for a channel.
    func lookUp(_ channel: String) -> (rule: TopicRule, match: TopicMatch)? {
        index.lookUp(channel).map { (rules[$0.place], $0.match) }
    }

    /// How many steps the lookup of a channel takes.
    func steps(for channel: String) -> Int { index.steps(for: channel) }

    /// How many steps the search for conflicts took.
    var conflictSteps: Int { index.conflictSteps }
}
