import CentrifugoProxy

extension ClientSession {
    /// The namespace of a command's channel.
    ///
    /// - Throws: ``OwnAnswerError`` when there is no such namespace, or when it does not allow the name.
    func namespace(of command: ClientCommand) throws(OwnAnswerError) -> Namespace {
        let (namespace, name, rest) = configuration.namespace(of: command.channel, isRPC: false)
        guard let namespace else {
            throw OwnAnswerError(
                own(
                    command,
                    .error(102),
                    "unknown-namespace",
                    "The channel \(command.channel) is in the namespace \"\(name)\" (the part before "
                        + "\"\(configuration.channelBoundary)\"), which does not exist.",
                    option: OptionPath("channel.namespaces")
                )
            )
        }
        guard isFit(command.channel, rest, in: namespace) else {
            let hasRegex = namespace.options["channel_regex"] != nil
            throw OwnAnswerError(
                own(
                    command,
                    .error(107),
                    "bad-channel",
                    hasRegex
                        ? "\"\(rest)\" is not of the channel_regex of \(namespace.description)."
                        : "The channel is not ASCII, and \(namespace.description) has no channel_regex that allows more.",
                    option: namespace.path.key("channel_regex")
                )
            )
        }
        return namespace
    }

    /// Centrifugo's own answer, which ends the resolution early.
    struct OwnAnswerError: Error {
        let resolution: Resolution

        init(_ resolution: Resolution) {
            self.resolution = resolution
        }
    }

    /// The effect of `client.insecure` on commands about channels.
    func openedByInsecure(_ command: ClientCommand) -> Resolution {
        own(
            command,
            .accepted,
            "insecure",
            "client.insecure opens all channels; no proxy is asked.",
            option: OptionPath("client.insecure")
        )
    }

    // MARK: Names

    /// Whether Centrifugo allows the channel's name.
    func isFit(_ channel: String, _ rest: String, in namespace: Namespace) -> Bool {
        guard let pattern = namespace.options["channel_regex"]?.text else { return channel.allSatisfy(\.isASCII) }
        return ChannelRegex(pattern)?.matches(rest) ?? false
    }

    func isUserLimited(_ channel: String, in namespace: Namespace) -> Bool {
        namespace.isOn("allow_user_limited_channels") && channel.contains(userBoundary)
    }

    /// The users in a channel's name, after the boundary.
    func allowedUsers(of channel: String) -> [String] {
        guard let start = channel.ranges(of: userBoundary).last?.upperBound else { return [] }
        let separator = configuration.text("channel.user_separator", default: ",")
        return channel[start...].split(separator: separator, omittingEmptySubsequences: false).map(String.init)
    }

    private var userBoundary: String { configuration.text("channel.user_boundary", default: "#") }

    // MARK: Rights

    /// Whether `allow_…_for_client`, or `…_for_subscriber`, applies to a user; users without an id need
    /// `…_for_anonymous`.
    func allows(_ what: String, in namespace: Namespace, as user: String, of channel: String? = nil) -> Bool {
        let isSubscribed = channel.map { subscriptions[$0] != nil } ?? false
        let isForAll = namespace.isOn("allow_\(what)_for_client")
        guard isForAll || isSubscribed && namespace.isOn("allow_\(what)_for_subscriber") else { return false }
        return !user.isEmpty || namespace.isOn("allow_\(what)_for_anonymous")
    }

    /// Why no right applies, as the end of a sentence.
    func noRight(_ what: String, in namespace: Namespace, as user: String) -> String {
        let kinds = what == "subscribe" ? ["client"] : ["client", "subscriber"]
        let rights = kinds.map { "allow_\(what)_for_\($0)" }
        if user.isEmpty, rights.contains(where: namespace.isOn) {
            return "the user has no id, and allow_\(what)_for_anonymous is not on in \(namespace.description)"
        }
        return rights.count == 1
            ? "\(rights[0]) does not hold for this client"
            : "neither \(rights.joined(separator: " nor ")) holds for this client"
    }
}
