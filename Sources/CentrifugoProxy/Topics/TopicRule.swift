public import ProxyMessages

/// Decides about the channels of a pattern, event by event.
///
/// A decision returns the event's answer, and refuses by throwing a `CentrifugoError` or a `Disconnect`. An event
/// without a decision is denied; without one for a refresh, the subscription expires.
///
/// ```swift
/// try topics.register("chat.{room}", TopicRule(
///     subscribe: { topic, request, context in
///         guard await rooms.contains(topic["room"]) else { throw .notFound }
///         return SubscribeResult(data: try .json(["room": topic["room"]]))
///     }
/// ))
/// ```
public struct TopicRule: Sendable {
    /// Decides about one event, given the channel's parts, the request and the context.
    public typealias Decision<Request, Result> =
        @Sendable (_ topic: TopicMatch, _ request: Request, _ context: CallContext) async throws -> Result

    let subscribe: Decision<SubscribeRequest, SubscribeResult>?
    let subRefresh: Decision<SubRefreshRequest, SubRefreshResult>?
    let publish: Decision<PublishRequest, PublishResult>?
    let mapPublish: Decision<MapPublishRequest, MapPublishResult>?
    let mapRemove: Decision<MapRemoveRequest, MapRemoveResult>?
    let subscribeUnidirectional: Decision<SubscribeRequest, UnidirectionalSubscription>?
    let subscribeBidirectional: Decision<SubscribeRequest, BidirectionalSubscription>?
    /// The parameters that the pattern must have.
    var parameters: Set<String> = []

    /// Makes a rule from closures.
    public init(
        subscribe: Decision<SubscribeRequest, SubscribeResult>? = nil,
        subRefresh: Decision<SubRefreshRequest, SubRefreshResult>? = nil,
        publish: Decision<PublishRequest, PublishResult>? = nil,
        mapPublish: Decision<MapPublishRequest, MapPublishResult>? = nil,
        mapRemove: Decision<MapRemoveRequest, MapRemoveResult>? = nil,
        subscribeUnidirectional: Decision<SubscribeRequest, UnidirectionalSubscription>? = nil,
        subscribeBidirectional: Decision<SubscribeRequest, BidirectionalSubscription>? = nil
    ) {
        self.subscribe = subscribe
        self.subRefresh = subRefresh
        self.publish = publish
        self.mapPublish = mapPublish
        self.mapRemove = mapRemove
        self.subscribeUnidirectional = subscribeUnidirectional
        self.subscribeBidirectional = subscribeBidirectional
    }

    /// Makes a rule from an actor.
    public init(_ handler: some TopicHandler) {
        self.init(
            subscribe: { try await handler.subscribe($1, topic: $0, context: $2) },
            subRefresh: { try await handler.subRefresh($1, topic: $0, context: $2) },
            publish: { try await handler.publish($1, topic: $0, context: $2) },
            mapPublish: { try await handler.mapPublish($1, topic: $0, context: $2) },
            mapRemove: { try await handler.mapRemove($1, topic: $0, context: $2) },
            subscribeUnidirectional: { try await handler.subscribeUnidirectional($1, topic: $0, context: $2) },
            subscribeBidirectional: { try await handler.subscribeBidirectional($1, topic: $0, context: $2) }
        )
    }
}
