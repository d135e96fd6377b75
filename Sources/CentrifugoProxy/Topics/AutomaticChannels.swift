public import Logging
public import ProxyMessages

/// The channels that a client is subscribed to when it connects, made from patterns.
///
/// The patterns are those of topics; `{user}` is the user's id, other parameters are claims, for example from a token.
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
/// A value can never make a channel that does not match the pattern: such a channel is left out, and a warning names
/// the pattern once. A user `a.b`, for example, gets no `user-{user}`, since `.` separates the parts of channels'
/// names; write `user-{user:[a-z.]+}` if your users' ids contain it.
public struct AutomaticChannels: Sendable {
    private struct Entry: Sendable {
        let pattern: TopicPattern
        let options: SubscribeOptions
        let lifetime: Duration?
        let roles: Set<ExactText>
        let warned = FirstTime()

        /// The options of a subscription that begins now.
        var currentOptions: SubscribeOptions {
            var options = options
            if let lifetime { options.expireAt = .unixTime(after: lifetime) }
            return options
        }

        func isFor(_ roles: [ExactText]) -> Bool {
            self.roles.isEmpty || roles.contains(where: self.roles.contains)
        }
    }

    /// Two entries must not have the same one.
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
    ///   - maxChannelLength: The most bytes of a channel, which is Centrifugo's `channel.max_length`: it would refuse
    ///     the whole connection for a longer one.
    ///   - logger: Receives warnings about channels that were left out.
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
    ///   - options: The options of the subscriptions.
    ///   - lifetime: The time after which they have to be refreshed, in whole seconds; it takes precedence over the
    ///     `expireAt` of `options`.
    ///   - roles: The roles of which a user needs one, compared by their bytes; empty means every user. A `Set` of
    ///     strings keeps only one of two that Swift considers equal but that differ in their bytes.
    /// - Throws: ``TopicError`` for a pattern that cannot be parsed or is repeated.
    public mutating func add(
        _ pattern: String,
        options: SubscribeOptions = SubscribeOptions(expireAt: 0),
        lifetime: Duration? = nil,
        roles: Set<String> = []
    ) throws {
        let pattern = try TopicPattern(pattern)
        let roles = Set(roles.map(ExactText.init))
        // The same pattern may be added again for other roles; with the same roles it is a mistake.
        guard known.insert(Identity(pattern: pattern, roles: roles)).inserted else {
            throw TopicError(.conflict, "The automatic channel \"\(pattern)\" is repeated; remove one.")
        }
        entries.append(Entry(pattern: pattern, options: options, lifetime: lifetime, roles: roles))
    }

    /// The channels of a user, for the `subs` of a `ConnectResult`.
    ///
    /// A channel is left out when a parameter outside of optional parts has no value: an anonymous user gets only
    /// channels without `{user}`. If two patterns make the same channel, the first one applies.
    ///
    /// - Parameters:
    ///   - user: The user's id; empty for an anonymous one. It takes precedence over a claim named `user`.
    ///   - roles: The user's roles.
    ///   - claims: Values of other parameters; empty ones count as missing.
    /// - Returns: The options of each channel's subscription.
    public func subscriptions(
        user: String,
        roles: Set<String> = [],
        claims: [String: String] = [:]
    ) -> [String: SubscribeOptions] {
        let values = Self.values(user: user, claims)
        let roles = roles.map(ExactText.init)
        // Channels are ASCII, so equal texts have equal bytes.
        var subscriptions: [String: SubscribeOptions] = [:]
        for entry in entries where entry.isFor(roles) {
            guard let channel = channel(of: entry, values), subscriptions[channel] == nil else { continue }
            subscriptions[channel] = entry.currentOptions
        }
        return subscriptions
    }

    /// The options of the subscription that a user would get by connecting now, for a refresh of the subscription.
    ///
    /// - Parameters:
    ///   - channel: The channel.
    ///   - user: The user's id; empty for an anonymous one.
    ///   - roles: The user's roles.
    ///   - claims: Values of other parameters; empty ones count as missing.
    /// - Returns: Its options, with the `expireAt` of a subscription that begins now; nil when the user would not get
    ///   it.
    public func subscription(
        to channel: String,
        user: String,
        roles: [String] = [],
        claims: [String: String] = [:]
    ) -> SubscribeOptions? {
        let values = Self.values(user: user, claims)
        let roles = roles.map(ExactText.init)
        // Matching first costs less than making the channel of each pattern, and logs no warnings.
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
                    "left out an automatic channel; further ones of this pattern are not logged",
                    metadata: ["pattern": "\(pattern)", "error": "\(error)"]
                )
            }
            return nil
        }
    }
}
