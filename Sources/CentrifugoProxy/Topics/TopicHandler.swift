public import ProxyMessages

/// Decides about the channels of a pattern: your own actor, registered in a ``TopicRegistry``.
///
/// Each method gets the channel's parts, returns the event's answer, and refuses by throwing, like the handlers of
/// events. Methods that an actor does not implement deny.
public protocol TopicHandler: Actor {
    /// Answers a client that subscribes.
    func subscribe(
        _ request: SubscribeRequest,
        topic: TopicMatch,
        context: CallContext
    ) async throws -> SubscribeResult

    /// Answers with `.prolonged(until:)` or `.expired`.
    func subRefresh(
        _ request: SubRefreshRequest,
        topic: TopicMatch,
        context: CallContext
    ) async throws -> SubRefreshResult

    /// Answers a client that publishes; empty `data` publishes what the client sent.
    func publish(_ request: PublishRequest, topic: TopicMatch, context: CallContext) async throws -> PublishResult

    /// Answers a client that sets a key of a map channel; empty `data` publishes what the client sent.
    func mapPublish(
        _ request: MapPublishRequest,
        topic: TopicMatch,
        context: CallContext
    ) async throws -> MapPublishResult

    /// Answers a client that removes a key of a map channel.
    func mapRemove(
        _ request: MapRemoveRequest,
        topic: TopicMatch,
        context: CallContext
    ) async throws -> MapRemoveResult

    /// Answers a client that subscribes to a stream of publications.
    func subscribeUnidirectional(
        _ request: SubscribeRequest,
        topic: TopicMatch,
        context: CallContext
    ) async throws -> UnidirectionalSubscription

    /// Answers a client that subscribes to a stream in both directions.
    func subscribeBidirectional(
        _ request: SubscribeRequest,
        topic: TopicMatch,
        context: CallContext
    ) async throws -> BidirectionalSubscription
}

extension TopicHandler {
    /// Denies.
    public func subscribe(
        _ request: SubscribeRequest,
        topic: TopicMatch,
        context: CallContext
    ) async throws -> SubscribeResult {
        throw context.denied(.noRule)
    }

    /// Ends the subscription.
    public func subRefresh(
        _ request: SubRefreshRequest,
        topic: TopicMatch,
        context: CallContext
    ) async throws -> SubRefreshResult {
        context.refusalReason = .noRule
        return .expired
    }

    /// Denies.
    public func publish(
        _ request: PublishRequest,
        topic: TopicMatch,
        context: CallContext
    ) async throws -> PublishResult {
        throw context.denied(.publishDenied)
    }

    /// Denies.
    public func mapPublish(
        _ request: MapPublishRequest,
        topic: TopicMatch,
        context: CallContext
    ) async throws -> MapPublishResult {
        throw context.denied(.publishDenied)
    }

    /// Denies.
    public func mapRemove(
        _ request: MapRemoveRequest,
        topic: TopicMatch,
        context: CallContext
    ) async throws -> MapRemoveResult {
        throw context.denied(.publishDenied)
    }

    /// Denies.
    public func subscribeUnidirectional(
        _ request: SubscribeRequest,
        topic: TopicMatch,
        context: CallContext
    ) async throws -> UnidirectionalSubscription {
        throw context.denied(.noRule)
    }

    /// Denies.
    public func subscribeBidirectional(
        _ request: SubscribeRequest,
        topic: TopicMatch,
        context: CallContext
    ) async throws -> BidirectionalSubscription {
        throw context.denied(.noRule)
    }
}
