import CentrifugoProxy

extension ClientSession {
    mutating func subscribe(_ command: ClientCommand, as user: String) throws(OwnAnswerError) -> Resolution {
        if let refused = limitRefusal(command) { return refused }
        let namespace = try namespace(of: command)
        let resolution = decide(command, in: namespace, as: user)
        let isMapAnswer = command.name == .mapSubscribe && resolution.event != nil
        guard resolution.answer == .accepted, !isMapAnswer else { return resolution }
        if let event = resolution.event, event != .subscribe {
            subscriptions[command.channel] = .stream(bidirectional: event == .subscribeBidirectional)
        } else {
            subscriptions[command.channel] = .plain
        }
        return resolution
    }

    /// Limits that Centrifugo checks before anything that concerns the channel.
    private func limitRefusal(_ command: ClientCommand) -> Resolution? {
        let channel = command.channel
        guard !channel.isEmpty else {
            return own(command, .disconnect(3501), "no-channel", "A channel's name cannot be empty.")
        }
        let longest = configuration.number("channel.max_length", default: 255)
        guard channel.utf8.count <= longest else {
            return own(
                command,
                .error(107),
                "channel-too-long",
                "The channel's name is longer than channel.max_length, \(longest) bytes.",
                option: OptionPath("channel.max_length")
            )
        }
        guard subscriptions[channel] == nil else {
            return own(command, .error(105), "already-subscribed", "The client is subscribed to \(channel) already.")
        }
        let limit = configuration.number("client.channel_limit", default: 128)
        guard subscriptions.count < limit else {
            return own(
                command,
                .error(106),
                "channel-limit",
                "The client already has as many channels as client.channel_limit allows, \(limit).",
                option: OptionPath("client.channel_limit")
            )
        }
        return nil
    }

    private func decide(_ command: ClientCommand, in namespace: Namespace, as user: String) -> Resolution {
        if let refused = typeRefusal(command, in: namespace) { return refused }
        let channel = command.channel
        if let token = ConnectionToken(command.arguments["token"]) {
            return decide(command, by: token, as: user)
        }
        if channel.hasPrefix(configuration.privatePrefix) {
            return own(
                command,
                .error(103),
                "private-channel",
                "Channels that begin with \(configuration.privatePrefix) are subscribed by a token alone; no proxy is asked.",
                option: OptionPath("channel.private_prefix")
            )
        }
        if isUserLimited(channel, in: namespace) {
            let isAllowed = allowedUsers(of: channel).contains(user)
            return own(
                command,
                isAllowed ? .accepted : .error(103),
                "user-limited",
                "allow_user_limited_channels is on in \(namespace.description): the users after the boundary in the "
                    + "channel's name decide, and no proxy is asked.",
                option: namespace.path.key("allow_user_limited_channels")
            )
        }
        for kind in [ProxyKind.subscribe, .subscribeStream] where kind.isEnabled(in: namespace.options) {
            let use = ProxyUse(kind, in: namespace)
            let event = kind.event(in: namespace.options)
            return call(
                command,
                use,
                // A map channel needs another answer than a subscribe proxy can give.
                answer: command.name == .mapSubscribe ? .error(107) : .accepted,
                because: "\(use.path) is on: Centrifugo asks \(event.methodName)."
            )
        }
        return decideByOptions(command, in: namespace, as: user)
    }

    private func decideByOptions(_ command: ClientCommand, in namespace: Namespace, as user: String) -> Resolution {
        if allows("subscribe", in: namespace, as: user) {
            return own(
                command,
                .accepted,
                "allow-subscribe",
                "\(namespace.subject) has allow_subscribe_for_client and no subscribe proxy: none is asked.",
                option: namespace.path.key("allow_subscribe_for_client")
            )
        }
        if configuration.isOn("client.insecure") {
            return openedByInsecure(command)
        }
        let nameKey = ProxyKind.subscribe.nameKey ?? ""
        let hint =
            namespace.options[nameKey] != nil
            ? " \(nameKey) alone enables nothing: also set subscribe_proxy_enabled to true." : ""
        return own(
            command,
            .error(103),
            "no-right",
            "subscribe_proxy_enabled is not on in \(namespace.description), and "
                + "\(noRight("subscribe", in: namespace, as: user)).\(hint)",
            option: namespace.path.key("subscribe_proxy_enabled")
        )
    }

    /// Refuses a subscription whose type differs from the namespace's.
    private func typeRefusal(_ command: ClientCommand, in namespace: Namespace) -> Resolution? {
        let type = namespace.isMap ? "map" : namespace.subscriptionType
        // Without a type, it is the kind of subscription that such channels have.
        let isPoll = command.arguments["type"] == 4 || assumesExpiry && namespace.isSharedPoll
        let wished = command.name == .mapSubscribe ? "map" : isPoll ? "shared_poll" : "stream"
        guard wished != type else { return nil }
        let code = wished == "map" || type == "map" ? 103 : 107
        return own(
            command,
            .error(code),
            "subscription-type",
            "\(namespace.subject) has the subscription_type \(namespace.subscriptionType), and the client subscribes "
                + "as to \(wished) channels.",
            option: namespace.path.key("subscription_type")
        )
    }

    private func decide(_ command: ClientCommand, by token: ConnectionToken, as user: String) -> Resolution {
        let isOwn = configuration.isOn("client.subscription_token.enabled")
        let section = isOwn ? "client.subscription_token" : "client.token"
        let option = OptionPath(section)
        let beside = " The subscribe proxy is not asked about subscriptions with a token."
        switch token.verdict(keys: configuration.options[path: section], configuration, noKey: .error(103)) {
        case .unverifiable(let answer, let why):
            return own(command, answer, "invalid-token", "\(why)\(beside)", option: option)
        case .refused(let why):
            return own(command, .disconnect(3500), "invalid-token", "\(why)\(beside)", option: option)
        case .expired:
            return own(command, .error(109), "token-expired", "The token's exp is over.\(beside)", option: option)
        case .valid(let tokenUser):
            guard token.channel == command.channel, tokenUser == user else {
                let why =
                    token.channel == command.channel
                    ? "The token is for another user than \"\(user)\"." : "The token is for another channel."
                return own(command, .disconnect(3500), "invalid-token", "\(why)\(beside)", option: option)
            }
            return own(command, .accepted, "token", "Centrifugo checks the token itself.\(beside)", option: option)
        }
    }
}

extension CentrifugoConfiguration {
    /// A whole number that is set, or Centrifugo's default.
    package func number(_ path: String, default standard: Int) -> Int {
        guard case .integer(let number) = options[path: path] else { return standard }
        return number
    }
}
