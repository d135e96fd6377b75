public import ProxyMessages

/// Fills a channel's recovery cache.
public protocol NotifyCacheEmptyHandler: Actor {
    /// Answers whether the cache was populated, so that Centrifugo reads it again for the recovery.
    func notifyCacheEmpty(
        _ request: NotifyCacheEmptyRequest,
        context: CallContext
    ) async throws -> NotifyCacheEmptyResult
}

struct NotifyCacheEmptyEvent: UnaryEvent {
    static var event: ProxyEvent { .notifyCacheEmpty }
    static var centrifugoOption: String { "the cache-empty proxy of the channel namespace" }

    /// Not an error: it would fail the subscribe that Centrifugo is working on.
    static var unhandledAnswer: UnhandledAnswer {
        .reply(Reply<Answer>(result: NotifyCacheEmptyResult(populated: false)), to: event)
    }

    let handler: any NotifyCacheEmptyHandler

    nonisolated(nonsending) func call(
        _ request: NotifyCacheEmptyRequest,
        _ context: CallContext
    ) async throws -> NotifyCacheEmptyResult {
        try await handler.notifyCacheEmpty(request, context: context)
    }
}

extension NotifyCacheEmptyRequest: EventRequest, RoutedRequest {
    /// The channel.
    public var target: String? { channel }

    var payloadEncoding: PayloadEncoding { .none }
}

extension NotifyCacheEmptyResult: EventAnswer, RoutedResult {}

extension Interceptor where Self == EventInterceptor<NotifyCacheEmptyRequest, NotifyCacheEmptyResult> {
    /// Makes an interceptor of NotifyCacheEmpty.
    public static func notifyCacheEmpty(_ body: @escaping Self.Body) -> Self { Self(.notifyCacheEmpty, body) }
}
