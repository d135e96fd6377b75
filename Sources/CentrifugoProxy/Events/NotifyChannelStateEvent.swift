public import ProxyMessages

/// Learns which channels became occupied or vacated.
public protocol NotifyChannelStateHandler: Actor {
    /// Takes a batch of events, which may repeat and come out of order.
    func notifyChannelState(
        _ request: NotifyChannelStateRequest,
        context: CallContext
    ) async throws -> NotifyChannelStateResult
}

struct NotifyChannelStateEvent: UnaryEvent {
    static var event: ProxyEvent { .notifyChannelState }
    static var centrifugoOption: String { "the channel-state proxy of the channel namespace" }

    static var unhandledAnswer: UnhandledAnswer { .status(.noHandler(of: event)) }

    let handler: any NotifyChannelStateHandler

    nonisolated(nonsending) func call(
        _ request: NotifyChannelStateRequest,
        _ context: CallContext
    ) async throws -> NotifyChannelStateResult {
        try await handler.notifyChannelState(request, context: context)
    }
}

extension NotifyChannelStateRequest: EventRequest, RoutedRequest {
    var payloadEncoding: PayloadEncoding { .none }
}

extension NotifyChannelStateResult: EventAnswer, RoutedResult {}

extension Interceptor where Self == EventInterceptor<NotifyChannelStateRequest, NotifyChannelStateResult> {
    /// Makes an interceptor of NotifyChannelState.
    public static func notifyChannelState(_ body: @escaping Self.Body) -> Self { Self(.notifyChannelState, body) }
}
