public import ProxyMessages

/// Decides each channel event by the rule of the channel's topic: the handler for all events about channels.
///
/// ```swift
/// let topics = try TopicRouter { topics in
///     try topics.register("public", .allow(.anyone))
///     try topics.register("chat.{room}", to: Rooms())
/// }
/// let service = ProxyService(subscribe: topics, subRefresh: topics, publish: topics)
/// ```
///
/// A channel that matches no pattern is denied, and so is an event that its rule does not decide.
public actor TopicRouter {
    /// The patterns and their rules.
    public private(set) var registry: TopicRegistry

    /// Makes a router from a registry.
    public init(_ registry: TopicRegistry) {
        self.registry = registry
    }

    /// Makes a router from the rules that a closure registers.
    ///
    /// - Parameter register: Registers patterns and their rules.
    /// - Throws: What `register` throws.
    public init(_ register: (inout TopicRegistry) throws -> Void) rethrows {
        var registry = TopicRegistry()
        try register(&registry)
        self.init(registry)
    }

    /// Replaces the rules for all later events.
    public func replace(with registry: TopicRegistry) {
        self.registry = registry
    }

    /// Decides by the rule of the channel, on this actor; a rule that does not cover the event denies it for `reason`.
    private func decide<Request: ChannelRequest, Result>(
        _ request: Request,
        _ context: CallContext,
        without reason: RefusalReason = .noRule,
        by decision: (TopicRule) -> TopicRule.Decision<Request, Result>?
    ) async throws -> Result {
        guard let (rule, match) = registry.lookUp(request.channel) else { throw context.denied(.noRule) }
        guard let decide = decision(rule) else { throw context.denied(reason) }
        return try await decide(match, request, context)
    }
}

extension TopicRouter: SubscribeHandler {
    /// Decides by the rule of the channel's topic.
    public func subscribe(_ request: SubscribeRequest, context: CallContext) async throws -> SubscribeResult {
        try await decide(request, context) { $0.subscribe }
    }
}

extension TopicRouter: SubRefreshHandler {
    /// Decides by the rule of the channel's topic; if it does not decide, the subscription expires.
    public func subRefresh(_ request: SubRefreshRequest, context: CallContext) async throws -> SubRefreshResult {
        // A refusal thrown from here becomes `.expired`.
        try await decide(request, context) { $0.subRefresh }
    }
}

extension TopicRouter: PublishHandler {
    /// Decides by the rule of the channel's topic.
    public func publish(_ request: PublishRequest, context: CallContext) async throws -> PublishResult {
        try await decide(request, context, without: .publishDenied) { $0.publish }
    }
}

extension TopicRouter: MapPublishHandler {
    /// Decides by the rule of the channel's topic.
    public func mapPublish(_ request: MapPublishRequest, context: CallContext) async throws -> MapPublishResult {
        try await decide(request, context, without: .publishDenied) { $0.mapPublish }
    }
}

extension TopicRouter: MapRemoveHandler {
    /// Decides by the rule of the channel's topic.
    public func mapRemove(_ request: MapRemoveRequest, context: CallContext) async throws -> MapRemoveResult {
        try await decide(request, context, without: .publishDenied) { $0.mapRemove }
    }
}

extension TopicRouter: SubscribeUnidirectionalHandler {
    /// Decides by the rule of the channel's topic.
    public func subscribeUnidirectional(
        _ request: SubscribeRequest,
        context: CallContext
    ) async throws -> UnidirectionalSubscription {
        try await decide(request, context) { $0.subscribeUnidirectional }
    }
}

extension TopicRouter: SubscribeBidirectionalHandler {
    /// Decides by the rule of the channel's topic.
    public func subscribeBidirectional(
        _ request: SubscribeRequest,
        context: CallContext
    ) async throws -> BidirectionalSubscription {
        try await decide(request, context) { $0.subscribeBidirectional }
    }
}
