import CentrifugoProxy

extension ClientSession {
    mutating func connect(_ command: ClientCommand) -> Resolution {
        if let refused = originRefusal(command) ?? transportRefusal(command) { return refused }
        emulatedHeaders = (command.arguments["headers"]?.members ?? [:]).compactMapValues(\.text)
        if let token = ConnectionToken(command.arguments["token"]) { return connect(command, with: token) }
        let resolution: Resolution
        if configuration.isOn("client.proxy.connect.enabled") {
            let use = ProxyUse(kind: .connect, namespace: nil, name: nil)
            let called = call(
                command,
                use,
                because: "The client has no token, and client.proxy.connect is enabled: Centrifugo asks Connect."
            )
            if called.event != nil { connected(as: command.arguments["data"]?["user"]?.text ?? acceptedUser) }
            return called
        } else if let header = userHeader, !header.value.isEmpty {
            connected(as: header.value)
            resolution = own(
                command,
                .accepted,
                "user-header",
                "The header \(header.name) names the user; Centrifugo calls no proxy.",
                option: OptionPath("client.user_id_http_header")
            )
        } else if configuration.isOn("client.insecure") {
            connected(as: "")
            resolution = own(
                command,
                .accepted,
                "insecure",
                "client.insecure accepts every client, without a user.",
                option: OptionPath("client.insecure")
            )
        } else if configuration.isOn("client.allow_anonymous_connect_without_token") {
            connected(as: "")
            resolution = own(
                command,
                .accepted,
                "anonymous",
                "client.allow_anonymous_connect_without_token accepts clients without a token, without a user.",
                option: OptionPath("client.allow_anonymous_connect_without_token")
            )
        } else {
            let isWritten = !configuration.text("client.proxy.connect.endpoint").isEmpty
            return own(
                command,
                .disconnect(3501),
                "no-way-in",
                "The client has no token, and "
                    + (isWritten
                        ? "client.proxy.connect has an endpoint but is not enabled; set client.proxy.connect.enabled to true."
                        : "no connect proxy is enabled."),
                option: OptionPath("client.proxy.connect.enabled")
            )
        }
        return subscribeByWish(command) ?? resolution
    }

    /// The header that `client.user_id_http_header` names, if the client's request has it.
    private var userHeader: (name: String, value: String)? {
        let name = configuration.text("client.user_id_http_header").lowercased()
        return name.isEmpty ? nil : headers.first { $0.name.lowercased() == name }
    }

    private mutating func connect(_ command: ClientCommand, with token: ConnectionToken) -> Resolution {
        let option = OptionPath("client.token")
        let beside =
            configuration.isOn("client.proxy.connect.enabled")
            ? " The connect proxy is not asked about clients with a token." : ""
        switch token.verdict(keys: configuration.options[path: "client.token"], configuration, noKey: .disconnect(3500))
        {
        case .refused(let why):
            return own(command, .disconnect(3500), "invalid-token", "\(why)\(beside)", option: option)
        case .unverifiable(let answer, let why):
            return own(command, answer, "invalid-token", "\(why)\(beside)", option: option)
        case .expired:
            return own(command, .error(109), "token-expired", "The token's exp is over.\(beside)", option: option)
        case .valid(let user):
            guard !user.isEmpty || !configuration.isOn("client.disallow_anonymous_connection_tokens") else {
                return own(
                    command,
                    .disconnect(3507),
                    "anonymous-token",
                    "The token names no user.",
                    option: OptionPath("client.disallow_anonymous_connection_tokens")
                )
            }
            connected(as: user)
            for channel in token.channels { subscriptions[channel] = .plain }
            let resolution = own(
                command,
                .accepted,
                "token",
                "Centrifugo checks the token itself and calls no proxy"
                    + "\(token.isUnchecked ? "; its signature is not checked here" : "").\(beside)",
                option: option
            )
            return subscribeByWish(command) ?? resolution
        }
    }

    /// Subscribes to the channels that the connect command asks for, by the user's rights; nil when none is refused.
    private mutating func subscribeByWish(_ command: ClientCommand) -> Resolution? {
        for channel in (command.arguments["subs"]?.members ?? [:]).keys.sorted() {
            let (found, name, rest) = configuration.namespace(of: channel, isRPC: false)
            guard let namespace = found else {
                return own(
                    command,
                    .disconnect(3501),
                    "unknown-namespace",
                    "It asks for \(channel), and there is no namespace \(name).",
                    option: OptionPath("channel.namespaces")
                )
            }
            let isAllowed = mayRead(channel, rest, in: namespace, as: user ?? "")
            if isAllowed, namespace.subscriptionType == "stream" { subscriptions[channel] = .plain }
        }
        return nil
    }

    /// Whether a client may subscribe without a proxy being asked.
    private func mayRead(_ channel: String, _ rest: String, in namespace: Namespace, as user: String) -> Bool {
        let isProxied =
            ProxyKind.subscribe.isEnabled(in: namespace.options)
            || ProxyKind.subscribeStream.isEnabled(in: namespace.options)
        guard !channel.hasPrefix(configuration.privatePrefix), isFit(channel, rest, in: namespace) else { return false }
        if isUserLimited(channel, in: namespace) { return allowedUsers(of: channel).contains(user) }
        return !isProxied && (configuration.isOn("client.insecure") || allows("subscribe", in: namespace, as: user))
    }

    // MARK: Before the connect command

    private func originRefusal(_ command: ClientCommand) -> Resolution? {
        guard let origin = headers.first(where: { $0.name.lowercased() == "origin" })?.value else { return nil }
        let allowed = (configuration.options[path: "client.allowed_origins"]?.elements ?? []).compactMap(\.text)
        guard !allowed.contains(where: { Self.matches(origin.lowercased(), pattern: $0.lowercased()) }) else {
            return nil
        }
        return own(
            command,
            .noWebSocket(403),
            "origin",
            "The page's origin \(origin) is not in client.allowed_origins, so no WebSocket is opened.",
            option: OptionPath("client.allowed_origins")
        )
    }

    private func transportRefusal(_ command: ClientCommand) -> Resolution? {
        guard command.name == .uniConnect else { return nil }
        let transports = ["uni_websocket", "uni_sse", "uni_http_stream", "uni_grpc"]
        let isOn = transports.contains { transport in
            configuration.options[path: "\(transport).enabled"].map { (try? OptionCoercion.flag($0)) == true } == true
                || configuration.variables["CENTRIFUGO_\(transport.uppercased())_ENABLED"].map {
                    (try? OptionCoercion.flag($0)) == true
                } == true
        }
        guard !isOn else { return nil }
        return own(
            command,
            .noWebSocket(404),
            "no-transport",
            "No unidirectional transport is enabled.",
            option: OptionPath("uni_websocket.enabled")
        )
    }

    /// Whether a text matches a pattern in which `*` stands for any characters.
    private static func matches(_ text: String, pattern: String) -> Bool {
        let parts = pattern.split(separator: "*", omittingEmptySubsequences: false)
        guard parts.count > 1, let first = parts.first, let last = parts.last else { return text == pattern }
        guard text.hasPrefix(first), text.hasSuffix(last), text.count >= first.count + last.count else { return false }
        var rest = text.dropFirst(first.count).dropLast(last.count)
        for part in parts.dropFirst().dropLast() where !part.isEmpty {
            guard let found = rest.firstRange(of: part) else { return false }
            rest = rest[found.upperBound...]
        }
        return true
    }
}
