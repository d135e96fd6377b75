/// An event that a handler answers with one result: its types, and the call of the handler's method.
///
/// Static functions of types, and not closures: a closure that passes through generic code is wrapped on its way in and on
/// its way out, and each wrapper of an async one is a frame of its own that looks for its executor when it goes on.
protocol UnaryEvent: SendableMetatype {
    associatedtype Handler: Sendable
    associatedtype Request: RoutedRequest
    associatedtype Result: RoutedResult

    static var event: ProxyEvent { get }

    nonisolated(nonsending) static func call(
        _ handler: Handler,
        _ request: Request,
        _ context: CallContext
    ) async throws -> Result
}

enum ConnectEvent: UnaryEvent {
    static var event: ProxyEvent { .connect }

    nonisolated(nonsending) static func call(
        _ handler: any ConnectHandler,
        _ request: ConnectRequest,
        _ context: CallContext
    ) async throws -> ConnectResult {
        try await handler.connect(request, context: context)
    }
}

enum RefreshEvent: UnaryEvent {
    static var event: ProxyEvent { .refresh }

    nonisolated(nonsending) static func call(
        _ handler: any RefreshHandler,
        _ request: RefreshRequest,
        _ context: CallContext
    ) async throws -> RefreshResult {
        try await handler.refresh(request, context: context)
    }
}

enum SubscribeEvent: UnaryEvent {
    static var event: ProxyEvent { .subscribe }

    nonisolated(nonsending) static func call(
        _ handler: any SubscribeHandler,
        _ request: SubscribeRequest,
        _ context: CallContext
    ) async throws -> SubscribeResult {
        try await handler.subscribe(request, context: context)
    }
}

enum SubRefreshEvent: UnaryEvent {
    static var event: ProxyEvent { .subRefresh }

    nonisolated(nonsending) static func call(
        _ handler: any SubRefreshHandler,
        _ request: SubRefreshRequest,
        _ context: CallContext
    ) async throws -> SubRefreshResult {
        try await handler.subRefresh(request, context: context)
    }
}

enum PublishEvent: UnaryEvent {
    static var event: ProxyEvent { .publish }

    nonisolated(nonsending) static func call(
        _ handler: any PublishHandler,
        _ request: PublishRequest,
        _ context: CallContext
    ) async throws -> PublishResult {
        try await handler.publish(request, context: context)
    }
}

enum RPCEvent: UnaryEvent {
    static var event: ProxyEvent { .rpc }

    nonisolated(nonsending) static func call(
        _ handler: any RPCHandler,
        _ request: RPCRequest,
        _ context: CallContext
    ) async throws -> RPCResult {
        try await handler.rpc(request, context: context)
    }
}

enum MapPublishEvent: UnaryEvent {
    static var event: ProxyEvent { .mapPublish }

    nonisolated(nonsending) static func call(
        _ handler: any MapPublishHandler,
        _ request: MapPublishRequest,
        _ context: CallContext
    ) async throws -> MapPublishResult {
        try await handler.mapPublish(request, context: context)
    }
}

enum MapRemoveEvent: UnaryEvent {
    static var event: ProxyEvent { .mapRemove }

    nonisolated(nonsending) static func call(
        _ handler: any MapRemoveHandler,
        _ request: MapRemoveRequest,
        _ context: CallContext
    ) async throws -> MapRemoveResult {
        try await handler.mapRemove(request, context: context)
    }
}

enum SharedPollRefreshEvent: UnaryEvent {
    static var event: ProxyEvent { .sharedPollRefresh }

    nonisolated(nonsending) static func call(
        _ handler: any SharedPollRefreshHandler,
        _ request: SharedPollRefreshRequest,
        _ context: CallContext
    ) async throws -> SharedPollRefreshResult {
        try await handler.sharedPollRefresh(request, context: context)
    }
}

enum NotifyCacheEmptyEvent: UnaryEvent {
    static var event: ProxyEvent { .notifyCacheEmpty }

    nonisolated(nonsending) static func call(
        _ handler: any NotifyCacheEmptyHandler,
        _ request: NotifyCacheEmptyRequest,
        _ context: CallContext
    ) async throws -> NotifyCacheEmptyResult {
        try await handler.notifyCacheEmpty(request, context: context)
    }
}

enum NotifyChannelStateEvent: UnaryEvent {
    static var event: ProxyEvent { .notifyChannelState }

    nonisolated(nonsending) static func call(
        _ handler: any NotifyChannelStateHandler,
        _ request: NotifyChannelStateRequest,
        _ context: CallContext
    ) async throws -> NotifyChannelStateResult {
        try await handler.notifyChannelState(request, context: context)
    }
}
