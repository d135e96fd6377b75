package import CentrifugoProxy
import Logging

extension Policy {
    /// The events that the policy has rules for.
    package var events: [ProxyEvent] {
        var events: [ProxyEvent] = []
        if connect != nil { events.append(.connect) }
        if connect != nil, tokens != nil { events.append(.refresh) }
        if !topics.isEmpty { events.append(.subscribe) }
        if hasLifetimes { events.append(.subRefresh) }
        if topics.contains(where: { $0.publish != .nobody }) { events += [.publish, .mapPublish, .mapRemove] }
        if rpc != nil { events.append(.rpc) }
        return events
    }

    /// The patterns of all channels that there are rules for.
    package var patterns: [String] {
        topics.map(\.pattern) + (connect?.channels ?? []).map(\.pattern)
    }

    /// Whether subscriptions are looked at again.
    var hasLifetimes: Bool {
        topics.contains { $0.lifetime != nil } || connect?.channels.contains { $0.lifetime != nil } ?? false
    }

    /// Rules about channels; nil when there are none.
    func makeTopics() throws -> TopicRouter? {
        guard !topics.isEmpty else { return nil }
        var registry = TopicRegistry()
        for (index, topic) in topics.enumerated() {
            let rule = TopicRule.allow(
                topic.who.access ?? TopicAccess { _, _, _ in false },
                publish: topic.publish.access,
                maxPublicationSize: topic.size.bytes,
                lifetime: topic.lifetime?.duration,
                options: SubscribeResult(expireAt: 0, override: topic.options?.override)
            )
            do {
                try registry.register(topic.pattern, rule)
            } catch {
                throw PolicyError("topics[\(index)]: \(error)")
            }
        }
        return TopicRouter(registry)
    }

    /// The channels that clients are subscribed to as they connect.
    func makeChannels(logger: Logger) throws -> AutomaticChannels {
        var channels = AutomaticChannels(logger: logger)
        for (index, channel) in (connect?.channels ?? []).enumerated() {
            do {
                try channels.add(
                    channel.pattern,
                    options: SubscribeOptions(expireAt: 0, override: channel.options?.override),
                    lifetime: channel.lifetime?.duration,
                    roles: Set(channel.roles)
                )
            } catch {
                throw PolicyError("connect.channels[\(index)]: \(error)")
            }
        }
        return channels
    }

    /// Refuses what this build was made without.
    func requireParts() throws(PolicyError) {
        try requireStorage()
        #if !JWT
        if tokens?.jwt != nil { throw Self.missing("tokens.jwt", trait: "JWT") }
        #endif
        #if !HTTPBridge
        if rpc?.http != nil { throw Self.missing("rpc.http", trait: "HTTPBridge") }
        #endif
    }

    /// The same, of where tokens are kept.
    func requireStorage() throws(PolicyError) {
        #if !SQLite
        if tokens?.sqlite != nil { throw Self.missing("tokens.sqlite", trait: "SQLite") }
        #endif
        #if !PostgreSQL
        if tokens?.postgres != nil { throw Self.missing("tokens.postgres", trait: "PostgreSQL") }
        #endif
    }

    private static func missing(_ key: String, trait: String) -> PolicyError {
        PolicyError("\(key) is not part of this build; build centrifugo-proxy with --traits \(trait).")
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
