/// An event that a handler answers with one result, and the handler.
///
/// A type for each event, and not closures: a closure that passes through generic code is wrapped on its way in and on
/// its way out, and each wrapper of an async one is a frame of its own that looks for its executor when it goes on.
protocol UnaryEvent: HandlerCall where Request: RoutedRequest, Answer: RoutedResult {
    static var event: ProxyEvent { get }
}

struct ConnectEvent: UnaryEvent {
    static var event: ProxyEvent { .connect }
    let handler: any ConnectHandler

    nonisolated(nonsending) func call(_ request: ConnectRequest, _ context: CallContext) async throws -> ConnectResult {
        try await handler.connect(request, context: context)
    }
}

struct RefreshEvent: UnaryEvent {
    static var event: ProxyEvent { .refresh }
    let handler: any RefreshHandler

    nonisolated(nonsending) func call(_ request: RefreshRequest, _ context: CallContext) async throws -> RefreshResult {
        try await handler.refresh(request, context: context)
    }
}

struct SubscribeEvent: UnaryEvent {
    static var event: ProxyEvent { .subscribe }
    let handler: any SubscribeHandler

    nonisolated(nonsending) func call(
        _ request: SubscribeRequest,
        _ context: CallContext
    ) async throws -> SubscribeResult {
        try await handler.subscribe(request, context: context)
    }
}

struct SubRefreshEvent: UnaryEvent {
    static var event: ProxyEvent { .subRefresh }
    let handler: any SubRefreshHandler

    nonisolated(nonsending) func call(
        _ request: SubRefreshRequest,
        _ context: CallContext
    ) async throws -> SubRefreshResult {
        try await handler.subRefresh(request, context: context)
    }
}

struct PublishEvent: UnaryEvent {
    static var event: ProxyEvent { .publish }
    let handler: any PublishHandler

    nonisolated(nonsending) func call(_ request: PublishRequest, _ context: CallContext) async throws -> PublishResult {
        try await handler.publish(request, context: context)
    }
}

struct RPCEvent: UnaryEvent {
    static var event: ProxyEvent { .rpc }
    let handler: any RPCHandler

    nonisolated(nonsending) func call(_ request: RPCRequest, _ context: CallContext) async throws -> RPCResult {
        try await handler.rpc(request, context: context)
    }
}

struct MapPublishEvent: UnaryEvent {
    static var event: ProxyEvent { .mapPublish }
    let handler: any MapPublishHandler

    nonisolated(nonsending) func call(
        _ request: MapPublishRequest,
        _ context: CallContext
    ) async throws -> MapPublishResult {
        try await handler.mapPublish(request, context: context)
    }
}

struct MapRemoveEvent: UnaryEvent {
    static var event: ProxyEvent { .mapRemove }
    let handler: any MapRemoveHandler

    nonisolated(nonsending) func call(
        _ request: MapRemoveRequest,
        _ context: CallContext
    ) async throws -> MapRemoveResult {
        try await handler.mapRemove(request, context: context)
    }
}

struct SharedPollRefreshEvent: UnaryEvent {
    static var event: ProxyEvent { .sharedPollRefresh }
    let handler: any SharedPollRefreshHandler

    nonisolated(nonsending) func call(
        _ request: SharedPollRefreshRequest,
        _ context: CallContext
    ) async throws -> SharedPollRefreshResult {
        try await handler.sharedPollRefresh(request, context: context)
    }
}

struct NotifyCacheEmptyEvent: UnaryEvent {
    static var event: ProxyEvent { .notifyCacheEmpty }
    let handler: any NotifyCacheEmptyHandler

    nonisolated(nonsending) func call(
        _ request: NotifyCacheEmptyRequest,
        _ context: CallContext
    ) async throws -> NotifyCacheEmptyResult {
        try await handler.notifyCacheEmpty(request, context: context)
    }
}

struct NotifyChannelStateEvent: UnaryEvent {
    static var event: ProxyEvent { .notifyChannelState }
    let handler: any NotifyChannelStateHandler

    nonisolated(nonsending) func call(
        _ request: NotifyChannelStateRequest,
        _ context: CallContext
    ) async throws -> NotifyChannelStateResult {
        try await handler.notifyChannelState(request, context: context)
    }
}
