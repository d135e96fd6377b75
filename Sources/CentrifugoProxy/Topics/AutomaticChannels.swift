public import Logging
public import ProxyMessages

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

        /// How a subscription behaves that begins now.
        var currentOptions: SubscribeOptions {
            var options = options
            if let lifetime { options.expireAt = .unixTime(after: lifetime) }
            return options
        }

        func isFor(_ roles: [ExactText]) -> Bool {
            self.roles.isEmpty || roles.contains(where: self.roles.contains)
        }
    }

    /// What two entries must not both have.
    private struct Identity: Hashable {
        let pattern: TopicPattern
        let roles: Set<ExactText>
    }

    private static let user = "user"

    private var entries: [Entry] = []
    private var known: Set<Identity> = []
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
        self.logger = logger.printable
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
        guard known.insert(Identity(pattern: pattern, roles: roles)).inserted else {
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
        let values = Self.values(user: user, claims)
        let roles = roles.map(ExactText.init)
        // Channels are ASCII, of which equal texts have equal bytes.
        var subscriptions: [String: SubscribeOptions] = [:]
        for entry in entries where entry.isFor(roles) {
            guard let channel = channel(of: entry, values), subscriptions[channel] == nil else { continue }
            subscriptions[channel] = entry.currentOptions
        }
        return subscriptions
    }

    /// How a subscription behaves that a user who connects now would get: what a refresh of the subscription asks.
    ///
    /// - Parameters:
    ///   - channel: The channel.
    ///   - user: The user's id; empty for an anonymous one.
    ///   - roles: The user's roles.
    ///   - claims: Values of other parameters; empty ones count as missing.
    /// - Returns: How it behaves, with the `expireAt` of a subscription that begins now; nil when the user would not get it.
    public func subscription(
        to channel: String,
        user: String,
        roles: [String] = [],
        claims: [String: String] = [:]
    ) -> SubscribeOptions? {
        let values = Self.values(user: user, claims)
        let roles = roles.map(ExactText.init)
        // Matched first: it costs less than making the channel of each pattern, and warns of none.
        let entry = entries.first { entry in
            entry.isFor(roles) && entry.pattern.match(channel) != nil && self.channel(of: entry, values) == channel
        }
        return entry?.currentOptions
    }

    /// The parameters that have a value.
    private static func values(user: String, _ claims: [String: String]) -> [String: String] {
        var values = claims
        values[Self.user] = user
        return values.filter { !$1.isEmpty }
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
                    metadata: ["pattern": "\(pattern)", "error": "\(error)"]
                )
            }
            return nil
        }
    }
}
