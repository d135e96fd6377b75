package import CentrifugoProxy
import Logging

extension Policy {
    /// The events that the policy has rules for.
    package var events: [ProxyEvent] {
        var events: [ProxyEvent] = []
        if connect != nil { events.append(.connect) }
        if connect != nil, tokens != nil || connect?.http != nil { events.append(.refresh) }
        if !topics.isEmpty { events.append(.subscribe) }
        if hasLifetimes { events.append(.subRefresh) }
        if topics.contains(where: { $0.publish != .nobody }) { events += [.publish, .mapPublish, .mapRemove] }
        if rpc != nil { events.append(.rpc) }
        return events
    }

    /// The patterns of all channels with rules.
    package var patterns: [String] {
        topics.map(\.pattern) + (connect?.channels ?? []).map(\.pattern)
    }

    /// Whether subscriptions are checked again.
    var hasLifetimes: Bool {
        topics.contains { $0.lifetime != nil } || connect?.channels.contains { $0.lifetime != nil } ?? false
    }

    /// Rules about channels; nil when there are none.
    func makeTopics() throws -> TopicRouter? {
        topics.isEmpty ? nil : TopicRouter(try makeRegistry())
    }

    /// The rules about channels, for a lookup.
    func makeRegistry() throws -> TopicRegistry {
        var registry = TopicRegistry()
        for (index, topic) in topics.enumerated() {
            let rule = TopicRule.allow(
                topic.who.access ?? TopicAccess { _, _, _ in false },
                publish: topic.publish.access,
                maxPublicationSize: topic.size.bytes,
                lifetime: topic.lifetime?.duration,
                options: SubscribeResult(override: topic.options?.override)
            )
            do {
                try registry.register(topic.pattern, rule)
            } catch {
                throw PolicyError("topics[\(index)]: \(error)")
            }
        }
        return registry
    }

    /// The channels that clients are subscribed to when they connect.
    func makeChannels(logger: Logger) throws -> AutomaticChannels {
        var channels = AutomaticChannels(logger: logger)
        for (index, channel) in (connect?.channels ?? []).enumerated() {
            do {
                let pattern = try TopicPattern(channel.pattern)
                // A parameter without a value would silently leave the channel out for all users.
                if let unknown = pattern.parameters.first(where: { !AutomaticPolicy.parameters.contains($0) }) {
                    throw PolicyError(
                        "The pattern \"\(pattern)\" has the parameter {\(unknown)}, which has no value here; write {user}, "
                            + "the user's id, or the channel's name in full."
                    )
                }
                try channels.add(
                    channel.pattern,
                    options: SubscribeOptions(expireAt: 0, override: channel.options?.override),
                    lifetime: channel.lifetime?.duration,
                    roles: Set(channel.roles ?? [])
                )
            } catch {
                throw PolicyError("connect.channels[\(index)]: \(error)")
            }
        }
        return channels
    }

    /// The package traits that parts of the policy need, by the parts' keys, in the order of the file.
    private var neededTraits: [(key: String, trait: String)] {
        var needed: [(String, String)] = []
        if tokens?.sqlite != nil { needed.append(("tokens.sqlite", "SQLite")) }
        if tokens?.postgres != nil { needed.append(("tokens.postgres", "PostgreSQL")) }
        if tokens?.jwt != nil { needed.append(("tokens.jwt", "JWT")) }
        if tokens?.jwt?.hasKeySetURL == true { needed.append(("tokens.jwt.jwks by URL", "HTTPBridge")) }
        if connect?.http != nil { needed.append(("connect.http", "HTTPBridge")) }
        if rpc?.http != nil { needed.append(("rpc.http", "HTTPBridge")) }
        return needed
    }

    /// The traits of this build.
    package static let builtTraits: [String] = {
        var traits: [String] = []
        #if SQLite
        traits.append("SQLite")
        #endif
        #if PostgreSQL
        traits.append("PostgreSQL")
        #endif
        #if JWT
        traits.append("JWT")
        #endif
        #if HTTPBridge
        traits.append("HTTPBridge")
        #endif
        #if TOML
        traits.append("TOML")
        #endif
        return traits
    }()

    /// Refuses what this build does not include, all of it at once, and names all traits for the next build, since
    /// `--traits` replaces the earlier ones.
    ///
    /// - Parameters:
    ///   - keys: The keys that are needed now; nil means the whole policy.
    ///   - built: The traits of this build.
    /// - Throws: ``PolicyError``, with the command that builds them.
    func requireParts(_ keys: Set<String>? = nil, built: [String] = builtTraits) throws(PolicyError) {
        let missing = neededTraits.filter { !built.contains($0.trait) }
        guard missing.contains(where: { keys?.contains($0.key) ?? true }) else { return }
        var traits = built
        for part in missing where !traits.contains(part.trait) { traits.append(part.trait) }
        let option = "--traits \(traits.joined(separator: ","))"
        throw PolicyError(
            "\(missing.map(\.key).joined(separator: " and ")) \(missing.count == 1 ? "is" : "are") not part of this build; "
                + "build centrifugo-proxy with \(option): "
                + "swift build -c release --product centrifugo-proxy \(option)."
        )
    }

    /// The same for the token storage.
    func requireStorage() throws(PolicyError) {
        try requireParts(["tokens.sqlite", "tokens.postgres"])
    }
}

extension OptionsPolicy {
    fileprivate var override: SubscribeOptionOverride {
        SubscribeOptionOverride(
            presence: presence,
            joinLeave: joinLeave,
            forceRecovery: forceRecovery,
            forcePositioning: forcePositioning,
            forcePushJoinLeave: forcePushJoinLeave
        )
    }
}
