import CentrifugoProxy

extension ClientSession {
    /// Sets or removes a key of a map channel.
    func changeMap(_ command: ClientCommand, as user: String) throws(OwnAnswerError) -> Resolution {
        let namespace = try namespace(of: command)
        let kind: ProxyKind = command.name == .mapPublish ? .mapPublish : .mapRemove
        let what = command.name == .mapPublish ? "publish" : "remove"
        if kind.isEnabled(in: namespace.options) {
            let use = ProxyUse(kind, in: namespace)
            return call(
                command,
                use,
                answer: .error(namespace.isMap ? 107 : 100),
                because: "\(use.path) is on: Centrifugo asks \(kind.event(in: namespace.options).methodName). "
                    + (namespace.isMap
                        ? "Centrifugo carries out what the backend accepts, but 6.9.1 still answers 107."
                        : "The namespace has no map, so what the backend accepts fails.")
            )
        }
        let isForAll = namespace.isOn("map.allow_\(what)_for_client")
        let isForSubscribers =
            namespace.isOn("map.allow_\(what)_for_subscriber") && subscriptions[command.channel] != nil
        let isAllowed =
            (isForAll || isForSubscribers) && (!user.isEmpty || namespace.isOn("map.allow_\(what)_for_anonymous"))
        if isAllowed || configuration.isOn("client.insecure") {
            let path = namespace.path.key("map.allow_\(what)_for_client")
            let why = "\(namespace.subject) allows it, and no proxy is enabled for it: none is asked."
            return own(command, namespace.isMap ? .accepted : .error(100), "allow-map-\(what)", why, option: path)
        }
        return own(
            command,
            .error(103),
            "no-right",
            "\(kind.enabledKey) is not on in \(namespace.description), and neither map.allow_\(what)_for_client nor "
                + "map.allow_\(what)_for_subscriber holds for this client.",
            option: namespace.path.key(kind.enabledKey)
        )
    }

    /// Tracks keys of a shared-poll channel.
    func track(_ command: ClientCommand) throws(OwnAnswerError) -> Resolution {
        let namespace = try namespace(of: command)
        guard namespace.isSharedPoll else {
            return own(
                command,
                .error(107),
                "subscription-type",
                "\(namespace.subject) does not have the subscription_type shared_poll.",
                option: namespace.path.key("subscription_type")
            )
        }
        guard assumesExpiry || subscriptions[command.channel] != nil else {
            return own(command, .error(103), "not-subscribed", "The client has to subscribe to the channel first.")
        }
        let use = ProxyUse(.sharedPollRefresh, in: namespace)
        return call(
            command,
            use,
            because: "\(namespace.subject) has shared polls: Centrifugo asks SharedPollRefresh for tracked keys, "
                + "at once and then every shared_poll.refresh_interval."
        )
    }

    // MARK: Expiry

    /// A connection expires, or the client sends a refresh command.
    func refresh(_ command: ClientCommand) -> Resolution {
        let use = ProxyUse(kind: .refresh, namespace: nil, name: nil)
        let isOn = configuration.isOn("client.proxy.refresh.enabled")
        guard assumesExpiry, ConnectionToken(command.arguments["token"]) == nil else {
            return own(
                command,
                .disconnect(3501),
                "not-expiring",
                "Only clients whose token expires refresh themselves, and with a new token."
            )
        }
        guard isOn else {
            return own(
                command,
                .disconnect(3005),
                "not-enabled",
                "client.proxy.refresh is not enabled: a connection with an expire_at is closed when it is over.",
                option: use.path
            )
        }
        return call(command, use, because: "The connection expires, and \(use.path) is on: Centrifugo asks Refresh.")
    }

    /// A subscription expires, or the client sends a command for it.
    func subRefresh(_ command: ClientCommand) throws(OwnAnswerError) -> Resolution {
        let namespace = try namespace(of: command)
        guard assumesExpiry else {
            guard subscriptions[command.channel] != nil else {
                return own(
                    command,
                    .error(103),
                    "not-subscribed",
                    "The client is not subscribed to \(command.channel)."
                )
            }
            let why = "The subscription does not expire, so its client has nothing to refresh."
            return own(command, .disconnect(3501), "not-expiring", why)
        }
        let use = ProxyUse(.subRefresh, in: namespace)
        guard ProxyKind.subRefresh.isEnabled(in: namespace.options) else {
            return own(
                command,
                .unsubscribe(2501),
                "not-enabled",
                "\(use.path) is not on: a subscription with an expire_at ends when it is over (2501).",
                option: use.path
            )
        }
        return call(
            command,
            use,
            because: "\(use.path) is on: Centrifugo asks SubRefresh at its first check, every "
                + "client.presence_update_interval, once expire_at and client.expired_sub_close_delay are over."
        )
    }
}
