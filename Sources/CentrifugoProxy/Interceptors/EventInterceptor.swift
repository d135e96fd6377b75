/// An interceptor of one event, which knows the types of its request and answer.
///
/// Made by the functions that are named after the events:
///
/// ```swift
/// ProxyService(
///     interceptors: [
///         .rpc { request, context, next in
///             guard request.data.count <= 1_024 else { throw CentrifugoError.badRequest }
///             return try await next(request, context)
///         }
///     ],
///     rpc: Commands()
/// )
/// ```
public struct EventInterceptor<Request: EventRequest, Answer: EventAnswer>: Interceptor {
    /// Takes a call, and answers it or hands it on.
    public typealias Body =
        nonisolated(nonsending) @Sendable (Request, CallContext, NextHandler<Request, Answer>) async throws -> Answer

    /// The one event that it stands around.
    public let events: Set<ProxyEvent>
    let body: Body

    init(_ event: ProxyEvent, _ body: @escaping Body) {
        events = [event]
        self.body = body
    }

    /// Hands the calls of other types on; those of its own go straight to the closure.
    public nonisolated(nonsending) func intercept<OtherRequest: EventRequest, OtherAnswer: EventAnswer>(
        _ request: OtherRequest,
        context: CallContext,
        next: NextHandler<OtherRequest, OtherAnswer>
    ) async throws -> OtherAnswer {
        if let typed = self as? EventInterceptor<OtherRequest, OtherAnswer> {
            return try await typed.body(request, context, next)
        }
        return try await next(request, context)
    }
}

extension Interceptor where Self == EventInterceptor<ConnectRequest, ConnectResult> {
    /// Makes an interceptor of Connect.
    public static func connect(_ body: @escaping Self.Body) -> Self { Self(.connect, body) }
}

extension Interceptor where Self == EventInterceptor<RefreshRequest, RefreshResult> {
    /// Makes an interceptor of Refresh.
    public static func refresh(_ body: @escaping Self.Body) -> Self { Self(.refresh, body) }
}

extension Interceptor where Self == EventInterceptor<SubscribeRequest, SubscribeResult> {
    /// Makes an interceptor of Subscribe.
    public static func subscribe(_ body: @escaping Self.Body) -> Self { Self(.subscribe, body) }
}

extension Interceptor where Self == EventInterceptor<SubRefreshRequest, SubRefreshResult> {
    /// Makes an interceptor of SubRefresh.
    public static func subRefresh(_ body: @escaping Self.Body) -> Self { Self(.subRefresh, body) }
}

extension Interceptor where Self == EventInterceptor<PublishRequest, PublishResult> {
    /// Makes an interceptor of Publish.
    public static func publish(_ body: @escaping Self.Body) -> Self { Self(.publish, body) }
}

extension Interceptor where Self == EventInterceptor<RPCRequest, RPCResult> {
    /// Makes an interceptor of RPC.
    public static func rpc(_ body: @escaping Self.Body) -> Self { Self(.rpc, body) }
}

extension Interceptor where Self == EventInterceptor<MapPublishRequest, MapPublishResult> {
    /// Makes an interceptor of MapPublish.
    public static func mapPublish(_ body: @escaping Self.Body) -> Self { Self(.mapPublish, body) }
}

extension Interceptor where Self == EventInterceptor<MapRemoveRequest, MapRemoveResult> {
    /// Makes an interceptor of MapRemove.
    public static func mapRemove(_ body: @escaping Self.Body) -> Self { Self(.mapRemove, body) }
}

extension Interceptor where Self == EventInterceptor<SharedPollRefreshRequest, SharedPollRefreshResult> {
    /// Makes an interceptor of SharedPollRefresh.
    public static func sharedPollRefresh(_ body: @escaping Self.Body) -> Self { Self(.sharedPollRefresh, body) }
}

extension Interceptor where Self == EventInterceptor<NotifyCacheEmptyRequest, NotifyCacheEmptyResult> {
    /// Makes an interceptor of NotifyCacheEmpty.
    public static func notifyCacheEmpty(_ body: @escaping Self.Body) -> Self { Self(.notifyCacheEmpty, body) }
}

extension Interceptor where Self == EventInterceptor<NotifyChannelStateRequest, NotifyChannelStateResult> {
    /// Makes an interceptor of NotifyChannelState.
    public static func notifyChannelState(_ body: @escaping Self.Body) -> Self { Self(.notifyChannelState, body) }
}

extension Interceptor where Self == EventInterceptor<SubscribeRequest, UnidirectionalSubscription> {
    /// Makes an interceptor of SubscribeUnidirectional.
    public static func subscribeUnidirectional(_ body: @escaping Self.Body) -> Self {
        Self(.subscribeUnidirectional, body)
    }
}

extension Interceptor where Self == EventInterceptor<SubscribeRequest, BidirectionalSubscription> {
    /// Makes an interceptor of SubscribeBidirectional.
    public static func subscribeBidirectional(_ body: @escaping Self.Body) -> Self {
        Self(.subscribeBidirectional, body)
    }
}
