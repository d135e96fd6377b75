public import Logging
public import ProxyMessages
import Synchronization

/// The channels that a client is subscribed to as it connects, made of patterns.
///
/// A pattern is that of a topic; `{user}` is the id of the user, other parameters are claims, such as what a token says.
///
/// ```swift
/// var automatic = AutomaticChannels(logger: logger)
/// try automatic.add("public")
/// try automatic.add("user-{user}", options: SubscribeOptions(cacheRecover: true))
/// try automatic.add("team:{team}", lifetime: .seconds(600), roles: ["member"])
///
/// // In a ConnectHandler:
/// ConnectResult(user: user, subs: automatic.subscriptions(user: user, roles: roles, claims: ["team": team]))
/// ```
///
/// Values never make another channel than the pattern says: where one would, the channel is left out, and a warning names the
/// pattern once. A user `a.b`, for example, gets no `user-{user}`, as `.` divides channels' names; write
/// `user-{user:[a-z.]+}` if your users' ids have it.
public struct AutomaticChannels: Sendable {
    private struct Entry: Sendable {
        let pattern: TopicPattern
        let options: SubscribeOptions
        let lifetime: Duration?
        let roles: Set<ExactText>
        let warned = FirstTime()
    }

    private static let user = "user"

    private var entries: [Entry] = []
    private let maxChannelLength: Int
    private let logger: Logger

    /// Makes a set without channels.
    ///
    /// - Parameters:
    ///   - maxChannelLength: The bytes that a channel may have, which is Centrifugo's `channel.max_length`: it would refuse
    ///     the whole connection for a longer one.
    ///   - logger: Hears of channels that were left out.
    public init(maxChannelLength: Int = 255, logger: Logger) {
        self.maxChannelLength = maxChannelLength
        self.logger = logger
    }

    /// The patterns, in their order.
    public var patterns: [TopicPattern] { entries.map(\.pattern) }

    /// Adds a pattern of channels.
    ///
    /// - Parameters:
    ///   - pattern: The form of the channels; see ``TopicPattern``.
    ///   - options: How the subscriptions behave.
    ///   - lifetime: The time after which they have to be refreshed, in whole seconds; it goes before the `expireAt` of
    ///     `options`.
    ///   - roles: The roles of which a user needs one, compared by their bytes; empty is everybody. A `Set` of strings
    ///     keeps only one of two that are equal for Swift and have other bytes.
    /// - Throws: ``TopicError`` for a pattern that cannot be read or is there already.
    public mutating func add(
        _ pattern: String,
        options: SubscribeOptions = SubscribeOptions(expireAt: 0),
        lifetime: Duration? = nil,
        roles: Set<String> = []
    ) throws {
        let pattern = try TopicPattern(pattern)
        let roles = Set(roles.map(ExactText.init))
        // One with the same name may be for other roles; the same roles would make it a mistake.
        guard !entries.contains(where: { $0.pattern == pattern && $0.roles == roles }) else {
            throw TopicError(.conflict, "The automatic channel \"\(pattern)\" is there twice; leave one out.")
        }
        entries.append(Entry(pattern: pattern, options: options, lifetime: lifetime, roles: roles))
    }

    /// The channels of a user, for the `subs` of a `ConnectResult`.
    ///
    /// A channel is left out when a parameter outside of optional parts has no value: so an anonymous user gets those without
    /// `{user}` only. Of two patterns that make the same channel the first counts.
    ///
    /// - Parameters:
    ///   - user: The user's id; empty for an anonymous one. It goes before a claim of the name `user`.
    ///   - roles: The user's roles.
    ///   - claims: Values of other parameters; empty ones count as missing.
    /// - Returns: How each channel's subscription behaves.
    public func subscriptions(
        user: String,
        roles: Set<String> = [],
        claims: [String: String] = [:]
    ) -> [String: SubscribeOptions] {
        var values = claims
        values[Self.user] = user
        values = values.filter { !$1.isEmpty }
        // Channels are ASCII, of which equal texts have equal bytes.
        var subscriptions: [String: SubscribeOptions] = [:]
        for entry in entries where entry.roles.isEmpty || roles.contains(where: { entry.roles.contains(ExactText($0)) })
        {
            guard let channel = channel(of: entry, values), subscriptions[channel] == nil else { continue }
            var options = entry.options
            if let lifetime = entry.lifetime { options.expireAt = .unixTime(after: lifetime) }
            subscriptions[channel] = options
        }
        return subscriptions
    }

    private func channel(of entry: Entry, _ values: [String: String]) -> String? {
        let pattern = entry.pattern
        let known = pattern.variants.first { variant in variant.names.allSatisfy { values[exactly: $0] != nil } }
        guard let names = known?.names else { return nil }
        do {
            let channel = try pattern.channel(values.filter { names.contains($0.key) })
            guard channel.utf8.count <= maxChannelLength else {
                throw TopicError(.invalidValue, "The channel is longer than \(maxChannelLength) bytes.")
            }
            return channel
        } catch {
            if entry.warned.isFirst() {
                logger.warning(
                    "an automatic channel was left out; further ones of its pattern are not logged",
                    metadata: ["pattern": "\(pattern)", "reason": "\(error)"]
                )
            }
            return nil
        }
    }
}

/// Tells the first time from all others.
private final class FirstTime: Sendable {
    private let happened = Atomic(false)

    func isFirst() -> Bool {
        !happened.exchange(true, ordering: .relaxed)
    }
}
