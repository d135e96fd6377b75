import CentrifugoProxy

/// What a policy's rules are made of.
struct Rules: Sendable {
    /// Who may connect, and for how long.
    typealias Sessions = ConnectHandler & RefreshHandler & SubRefreshHandler

    var sessions: (any Sessions)?
    /// Whether sessions belong to tokens, which subscriptions then end with.
    var hasTokens = false
    var topics: TopicRouter?
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

    /// Both the topic and the token have to count, and the earlier time does.
    func subRefresh(_ request: SubRefreshRequest, context: CallContext) async throws -> SubRefreshResult {
        guard let topics = rules.topics else {
            context.refusalReason = .noRule
            return .expired
        }
        let allowed = try await topics.subRefresh(request, context: context)
        guard rules.hasTokens, !request.user.isEmpty, !allowed.isExpiry, let sessions = rules.sessions else {
            return allowed
        }
        let session = try await sessions.subRefresh(request, context: context)
        guard !session.isExpiry, allowed.expireAt > 0 else { return session }
        return .prolonged(until: min(allowed.expireAt, session.expireAt))
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
