import CentrifugoProxy

/// What a policy's rules are made of.
struct Rules: Sendable {
    /// Who may connect, and for how long.
    typealias Sessions = ConnectHandler & RefreshHandler & SubRefreshHandler

    var sessions: (any Sessions)?
    /// Whether sessions belong to tokens, which subscriptions then end with.
    var hasTokens = false
    var topics: TopicRouter?
    /// The channels that clients get as they connect.
    var automatic: AutomaticChannels?
    /// Whether clients without a token get theirs.
    var hasAnonymousUsers = false
    var rpc: RPCRouter?
}

/// Answers the events by the rules in force; other rules can be put in their place while it serves.
///
/// What the rules do not mention is refused, as an event without a handler is.
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

    /// A rule for the channel and the token have to count, and the earlier time does.
    func subRefresh(_ request: SubRefreshRequest, context: CallContext) async throws -> SubRefreshResult {
        let allowed = try await allowed(request, context: context)
        guard rules.hasTokens, !request.user.isEmpty, !allowed.isExpiry, let sessions = rules.sessions else {
            return allowed
        }
        let session = try await sessions.subRefresh(request, context: context)
        guard !session.isExpiry, allowed.expireAt > 0 else { return session }
        return .prolonged(until: min(allowed.expireAt, session.expireAt))
    }

    /// What the rules say that may have given the subscription: it goes on while one of them would give it again.
    ///
    /// Nobody tells which one gave it. Of two that would, the one that asks again earlier counts.
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

/// Lets everybody in as an anonymous user, whose connection never expires.
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
