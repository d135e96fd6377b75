import ProxyMessages

extension Simulator {
    /// The channels that a connect subscribes its client to, in order.
    func subscribed(by result: ConnectResult, _ rules: inout AnswerRules) -> [String] {
        let channels = Set(result.channels).union(result.subs.keys)
        if channels.contains("") { rules.warn(.emptyChannel, "a channel without a name is left out") }
        return channels.subtracting([""]).sorted()
    }

    /// Whether the channel's namespace exists.
    func knows(_ channel: String) -> Bool {
        guard let namespaces, !namespaceBoundary.isEmpty else { return true }
        let name = isPrivate(channel) ? channel.dropFirst(prefix.count) : channel[...]
        guard let boundary = name.firstRange(of: namespaceBoundary) else { return true }
        // An empty name before the boundary is not a namespace.
        return boundary.lowerBound == name.startIndex || namespaces.contains(String(name[..<boundary.lowerBound]))
    }

    /// The outcome for a client that subscribes to a channel which Centrifugo refuses without asking; nil for other
    /// channels.
    func unaskedSubscribe(to channel: String?, _ rules: AnswerRules) -> SimulatedOutcome? {
        var rules = rules
        guard let channel else { return nil }
        if channel.isEmpty {
            rules.warn(.neverAsked, "a channel without a name closes the connection, and the backend is not asked")
            return rules.closed(3501, "bad request")
        }
        if let unknown = unaskedPublish(to: channel, rules) { return unknown }
        let isTooLong = channel.utf8.count > maxChannelLength
        if isTooLong || !options.hasChannelPattern && !channel.utf8.allSatisfy({ $0 < 0x80 }) {
            let fault = isTooLong ? "is longer than \(maxChannelLength) bytes" : "is not ASCII"
            rules.warn(.neverAsked, "\(channel) \(fault), and the backend is not asked")
            return rules.error(107, "bad request")
        }
        guard isPrivate(channel) else { return nil }
        rules.warn(.neverAsked, "\(channel) needs a token, and the backend is not asked")
        return rules.error(103, "permission denied")
    }

    /// The outcome for a client that publishes into a channel of an unknown namespace; nil for other channels.
    func unaskedPublish(to channel: String?, _ rules: AnswerRules) -> SimulatedOutcome? {
        var rules = rules
        guard let channel, !knows(channel) else { return nil }
        rules.warn(.unknownNamespace, "\(channel): Centrifugo has no such namespace, and does not ask the backend")
        return rules.error(102, "unknown channel")
    }

    private var prefix: String { privatePrefix.isEmpty ? "$" : privatePrefix }

    private func isPrivate(_ channel: String) -> Bool { channel.hasPrefix(prefix) }

    /// The features of a subscription, by the namespace's options and an answer's overrides.
    ///
    /// - Parameters:
    ///   - override: The answer's overrides.
    ///   - isStream: Whether a stream serves the subscription, which has no history.
    ///   - rules: Collects the warnings.
    /// - Returns: The features.
    func features(
        _ override: SubscribeOptionOverride?,
        isStream: Bool,
        _ rules: inout AnswerRules
    ) -> Set<SubscriptionFeature> {
        var features: Set<SubscriptionFeature> = []
        switch (override?.presence ?? options.presence, options.presence) {
        case (true, true): features.insert(.presence)
        case (true, false):
            rules.warn(
                .overrideWithoutEffect,
                "presence: the namespace's own option is off, so that presence() is answered with error 108"
            )
        default: break
        }
        let isPushed = override?.forcePushJoinLeave ?? options.forcePushJoinLeave
        switch (override?.joinLeave ?? options.joinLeave, isPushed) {
        case (true, true): features.insert(.joinLeave)
        case (true, false) where override?.joinLeave != nil:
            rules.warn(.overrideWithoutEffect, "join_leave: without force_push_join_leave no client receives them")
        case (false, true) where override?.forcePushJoinLeave != nil:
            rules.warn(.overrideWithoutEffect, "force_push_join_leave: without join_leave there is nothing to push")
        default: break
        }
        guard !isStream else {
            if override?.forceRecovery ?? false || override?.forcePositioning ?? false {
                rules.warn(.overrideWithoutEffect, "force_recovery, force_positioning: a stream has neither")
            }
            return features
        }
        if override?.forceRecovery ?? options.forceRecovery { features.formUnion([.recovery, .positioning]) }
        if override?.forcePositioning ?? options.forcePositioning { features.insert(.positioning) }
        return features
    }
}
