/// One client of Centrifugo; what it has done so far affects its next command.
package struct ClientSession: Sendable {
    /// How a channel was subscribed to.
    enum Subscription: Sendable {
        case plain
        case stream(bidirectional: Bool)
    }

    let configuration: CentrifugoConfiguration
    /// Headers of the WebSocket's request.
    let headers: [(name: String, value: String)]
    /// The user that the backend answers to Connect.
    let acceptedUser: String
    /// Whether `refresh` and `sub_refresh` stand for an expiry in Centrifugo, and not for commands.
    let assumesExpiry: Bool

    /// The user, empty for an anonymous one; nil while the client is not connected.
    package private(set) var user: String?
    /// The `headers` of the connect command.
    var emulatedHeaders: [String: String] = [:]
    var subscriptions: [String: Subscription] = [:]
    private var isClosed = false

    /// Makes a client that has not connected.
    ///
    /// - Parameters:
    ///   - configuration: Centrifugo's configuration, which must be one that it starts with.
    ///   - headers: Headers of the WebSocket's request.
    ///   - acceptedUser: The user that the backend answers to Connect.
    ///   - connectedAs: The user that the client is already connected as; nil connects first.
    package init(
        _ configuration: CentrifugoConfiguration,
        headers: [(name: String, value: String)] = [],
        acceptedUser: String,
        connectedAs: String? = nil
    ) {
        self.configuration = configuration
        self.headers = headers
        self.acceptedUser = acceptedUser
        user = connectedAs
        assumesExpiry = connectedAs != nil
    }

    /// Resolves a command, and records its effect on later ones.
    package mutating func resolve(_ command: ClientCommand) -> Resolution {
        guard !isClosed else {
            return own(command, .disconnect(1006), "closed", "The connection is closed already.")
        }
        let resolution: Resolution
        do throws(OwnAnswerError) {
            resolution = try answer(to: command)
        } catch {
            resolution = error.resolution
        }
        if case .disconnect = resolution.answer { isClosed = true }
        return resolution
    }

    private mutating func answer(to command: ClientCommand) throws(OwnAnswerError) -> Resolution {
        switch command.name {
        case .connect, .uniConnect: return connect(command)
        case .wait:
            return own(command, .accepted, "wait", "No proxy is asked because of this: explain does not follow timers.")
        default: break
        }
        guard let user else {
            return own(command, .disconnect(3501), "not-connected", "The client has to connect first.")
        }
        switch command.name {
        case .subscribe, .mapSubscribe: return try subscribe(command, as: user)
        case .publish: return try publish(command, as: user)
        case .presence, .presenceStats, .history: return try ask(command, as: user)
        case .rpc: return rpc(command)
        case .mapPublish, .mapRemove: return try changeMap(command, as: user)
        case .track: return try track(command)
        case .refresh: return refresh(command)
        case .subRefresh: return try subRefresh(command)
        case .unsubscribe:
            subscriptions[command.channel] = nil
            return own(command, .accepted, "unsubscribe", "Centrifugo unsubscribes the client; no proxy is asked.")
        case .connect, .uniConnect, .wait: return own(command, .accepted, "connect", "")
        }
    }

    /// Closes the connection; later commands find it closed.
    package mutating func close() {
        isClosed = true
    }

    /// Records that the connection is accepted for a user.
    package mutating func connected(as user: String) {
        self.user = user
        let personal = "client.subscribe_to_user_personal_channel"
        guard configuration.isOn("\(personal).enabled"), !user.isEmpty else { return }
        let namespace = configuration.text("\(personal).personal_channel_namespace")
        let beginning = namespace.isEmpty ? "" : namespace + configuration.channelBoundary
        subscriptions["\(beginning)\(configuration.text("channel.user_boundary", default: "#"))\(user)"] = .plain
    }

    // MARK: Answers of Centrifugo's own

    func own(
        _ command: ClientCommand,
        _ answer: ClientAnswer,
        _ rule: String,
        _ why: String,
        option: OptionPath? = nil
    ) -> Resolution {
        Resolution(command: command, answer: answer, rule: rule, option: option, why: why)
    }
}

extension CentrifugoConfiguration {
    package var channelBoundary: String { text("channel.namespace_boundary", default: ":") }
    package var privatePrefix: String { text("channel.private_prefix", default: "$") }
    package var rpcBoundary: String { text("rpc.namespace_boundary", default: ":") }

    /// The namespace of a channel or a method, by the first boundary in its name; nil when that namespace does not
    /// exist.
    ///
    /// - Parameters:
    ///   - name: The channel or the method.
    ///   - isRPC: Whether it is a method.
    /// - Returns: The namespace, its name, and the text after the boundary.
    package func namespace(
        of name: String,
        isRPC: Bool
    ) -> (namespace: Namespace?, name: String, rest: String) {
        let boundary = isRPC ? rpcBoundary : channelBoundary
        // By scalars, since Go compares code points.
        let isPrivate = !isRPC && name.unicodeScalars.starts(with: privatePrefix.unicodeScalars)
        let plain = name.unicodeScalars.dropFirst(isPrivate ? privatePrefix.unicodeScalars.count : 0)
        guard let end = plain.firstRange(of: boundary.unicodeScalars) else {
            return (namespaces.first { $0.isRPC == isRPC && $0.name == nil }, "", name)
        }
        let prefix = String(plain[..<end.lowerBound])
        let rest = String(plain[end.upperBound...])
        let found = namespaces.first { $0.isRPC == isRPC && $0.name ?? "" == prefix }
        return (found, prefix, rest)
    }
}
