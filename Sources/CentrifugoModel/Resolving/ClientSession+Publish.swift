import CentrifugoProxy

extension ClientSession {
    func publish(_ command: ClientCommand, as user: String) throws(OwnAnswerError) -> Resolution {
        guard !command.channel.isEmpty else {
            return own(command, .disconnect(3501), "no-channel", "A channel's name cannot be empty.")
        }
        let namespace = try namespace(of: command)
        if case .stream(bidirectional: true) = subscriptions[command.channel] {
            let use = ProxyUse(.subscribeStream, in: namespace)
            var resolution = call(
                command,
                use,
                because:
                    "The client is subscribed by a bidirectional stream: what it publishes is a message of the stream."
            )
            resolution.isMessage = resolution.event != nil
            resolution.metadata = []
            return resolution
        }
        if ProxyKind.subscribeStream.isEnabled(in: namespace.options) {
            return own(
                command,
                .error(108),
                "stream-namespace",
                "\(namespace.subject) has subscription streams: only a client that a bidirectional stream subscribes "
                    + "publishes, into that stream.",
                option: namespace.path.key("subscribe_stream_proxy_bidirectional")
            )
        }
        if ProxyKind.publish.isEnabled(in: namespace.options) {
            let use = ProxyUse(.publish, in: namespace)
            return call(command, use, because: "\(use.path) is on: Centrifugo asks Publish.")
        }
        if allows("publish", in: namespace, as: user, of: command.channel) {
            return own(
                command,
                .accepted,
                "allow-publish",
                "\(namespace.subject) allows it by allow_publish_for_client or _for_subscriber, and has no publish "
                    + "proxy: none is asked.",
                option: namespace.path.key("publish_proxy_enabled")
            )
        }
        if configuration.isOn("client.insecure") {
            return openedByInsecure(command)
        }
        return own(
            command,
            .error(103),
            "no-right",
            "publish_proxy_enabled is not on in \(namespace.description), and "
                + "\(noRight("publish", in: namespace, as: user)).",
            option: namespace.path.key("publish_proxy_enabled")
        )
    }

    /// Presence, presence stats and history: Centrifugo itself always answers these.
    func ask(_ command: ClientCommand, as user: String) throws(OwnAnswerError) -> Resolution {
        let namespace = try namespace(of: command)
        let isHistory = command.name == .history
        let what = isHistory ? "history" : "presence"
        guard isHistory ? namespace.hasHistory : namespace.isOn("presence") else {
            let options = isHistory ? "history_size and history_ttl" : "presence"
            return own(
                command,
                .error(108),
                "not-available",
                "\(namespace.subject) does not set \(options); an override of the subscribe proxy does not help here.",
                option: namespace.path.key(isHistory ? "history_size" : "presence")
            )
        }
        if allows(what, in: namespace, as: user, of: command.channel) || configuration.isOn("client.insecure") {
            let isForAll = namespace.isOn("allow_\(what)_for_client")
            return own(
                command,
                .accepted,
                "allow-\(what)",
                "Centrifugo answers itself; no proxy is asked.",
                option: namespace.path.key("allow_\(what)_for_\(isForAll ? "client" : "subscriber")")
            )
        }
        return own(
            command,
            .error(103),
            "no-right",
            "No proxy is asked about \(what), and \(noRight(what, in: namespace, as: user)).",
            option: namespace.path.key("allow_\(what)_for_subscriber")
        )
    }
}
