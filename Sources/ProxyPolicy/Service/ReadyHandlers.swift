import CentrifugoProxy

/// The parts that a policy's rules consist of.
struct Rules: Sendable {
    /// Decides which clients may connect, and for how long.
    typealias Sessions = ConnectHandler & RefreshHandler & SubRefreshHandler

    var sessions: (any Sessions)?
    /// Whether sessions belong to tokens; subscriptions then end with them.
    var hasTokens = false
    var topics: TopicRouter?
    /// The channels that clients are subscribed to when they connect.
    var automatic: AutomaticChannels?
    /// Whether clients without a token are subscribed to theirs.
    var hasAnonymousUsers = false
    var rpc: RPCRouter?
}

/// Answers the events by the rules in force, which can be replaced while it serves.
///
/// What the rules do not mention is refused, like an event without a handler.
actor ReadyHandlers {
    private var rules: Rules

    init(_ rules: Rules) {
        self.rules = rules
    }

    func replace(with rules: Rules) {
        self.rules = rules
    }
}

extension ReadyHandlers: ConnectHandler, RefreshHandler {
    func connect(_ request: ConnectRequest, context: CallContext) async throws -> ConnectResult {
        guard let sessions = rules.sessions else {
            context.refusalReason = .noRule
            throw Disconnect.noHandler
        }
        return try await sessions.connect(request, context: context)
    }

    func refresh(_ request: RefreshRequest, context: CallContext) async throws -> RefreshResult {
        guard let sessions = rules.sessions else {
            context.refusalReason = .noRule
            return .expired
        }
        return try await sessions.refresh(request, context: context)
    }
}

extension ReadyHandlers: SubscribeHandler, SubRefreshHandler, PublishHandler, MapPublishHandler, MapRemoveHandler {
    func subscribe(_ request: SubscribeRequest, context: CallContext) async throws -> SubscribeResult {
        try await topics(context).subscribe(request, context: context)
    }

    /// Both a rule for the channel and the token must be valid, and the earlier expiry applies.
    func subRefresh(_ request: SubRefreshRequest, context: CallContext) async throws -> SubRefreshResult {
        let allowed = try await allowed(request, context: context)
        guard rules.hasTokens, !request.user.isEmpty, !allowed.isExpiry, let sessions = rules.sessions else {
            return allowed
        }
        let session = try await sessions.subRefresh(request, context: context)
        guard !session.isExpiry, allowed.expireAt > 0 else { return session }
        return .prolonged(until: min(allowed.expireAt, session.expireAt))
    }

    /// The answer of the rules that may have granted the subscription: it continues as long as one of them would grant
    /// it again.
    ///
    /// Which one granted it is unknown. If two would, the one that expires earlier applies.
    private func allowed(_ request: SubRefreshRequest, context: CallContext) async throws -> SubRefreshResult {
        let byTopic = try await allowedByTopic(request, context: context)
        guard let automatic = automatic(request) else {
            if rules.topics == nil { context.refusalReason = .noRule }
            return byTopic
        }
        guard !byTopic.isExpiry else { return .prolonged(until: automatic.expireAt) }
        let times = [byTopic.expireAt, automatic.expireAt].filter { $0 > 0 }
        return .prolonged(until: times.min() ?? 0)
    }

    private func allowedByTopic(_ request: SubRefreshRequest, context: CallContext) async throws -> SubRefreshResult {
        guard let topics = rules.topics else { return .expired }
        do {
            return try await topics.subRefresh(request, context: context)
        } catch is CentrifugoError {
            return .expired
        }
    }

    /// The subscription that the user would get by connecting now.
    private func automatic(_ request: SubRefreshRequest) -> SubscribeOptions? {
        guard !request.user.isEmpty || rules.hasAnonymousUsers else { return nil }
        let roles = request.meta.isEmpty ? [] : ConnectionRoles(meta: request.meta).roles
        return rules.automatic?.subscription(to: request.channel, user: request.user, roles: roles)
    }

    func publish(_ request: PublishRequest, context: CallContext) async throws -> PublishResult {
        try await topics(context).publish(request, context: context)
    }

    func mapPublish(_ request: MapPublishRequest, context: CallContext) async throws -> MapPublishResult {
        try await topics(context).mapPublish(request, context: context)
    }

    func mapRemove(_ request: MapRemoveRequest, context: CallContext) async throws -> MapRemoveResult {
        try await topics(context).mapRemove(request, context: context)
    }

    private func topics(_ context: CallContext) throws -> TopicRouter {
        guard let topics = rules.topics else {
            context.refusalReason = .noRule
            throw CentrifugoError.permissionDenied
        }
        return topics
    }
}

extension ReadyHandlers: RPCHandler {
    func rpc(_ request: RPCRequest, context: CallContext) async throws -> RPCResult {
        guard let rpc = rules.rpc else {
            context.refusalReason = .noRule
            throw CentrifugoError.notFound
        }
        return try await rpc.rpc(request, context: context)
    }
}

/// Accepts every client as an anonymous user, whose connection never expires.
actor AnonymousSessions: ConnectHandler, RefreshHandler, SubRefreshHandler {
    private let channels: AutomaticChannels

    init(channels: AutomaticChannels) {
        self.channels = channels
    }

    func connect(_ request: ConnectRequest, context: CallContext) -> ConnectResult {
        ConnectResult(subs: channels.subscriptions(user: ""))
    }

    func refresh(_ request: RefreshRequest, context: CallContext) -> RefreshResult {
        context.refusalReason = .noToken
        return .expired
    }

    func subRefresh(_ request: SubRefreshRequest, context: CallContext) -> SubRefreshResult {
        context.refusalReason = .noToken
        return .expired
    }
}
