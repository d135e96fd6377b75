public import ProxyMessages

/// Tells which tracked keys have changed.
public protocol SharedPollRefreshHandler: Actor {
    /// Answers a node's polling cycle; keys left out have not changed.
    func sharedPollRefresh(
        _ request: SharedPollRefreshRequest,
        context: CallContext
    ) async throws -> SharedPollRefreshResult
}

struct SharedPollRefreshEvent: UnaryEvent {
    static var event: ProxyEvent { .sharedPollRefresh }
    static var centrifugoOption: String { "channel.proxy.shared_poll_refresh" }

    static var unhandledAnswer: UnhandledAnswer { .status(.noHandler(of: event)) }

    let handler: any SharedPollRefreshHandler

    nonisolated(nonsending) func call(
        _ request: SharedPollRefreshRequest,
        _ context: CallContext
    ) async throws -> SharedPollRefreshResult {
        try await handler.sharedPollRefresh(request, context: context)
    }
}

extension SharedPollRefreshRequest: EventRequest, RoutedRequest {
    /// The channel.
    public var target: String? { channel }

    var payloadEncoding: PayloadEncoding { .none }
}

extension SharedPollRefreshResult: EventAnswer, RoutedResult {}

extension Interceptor where Self == EventInterceptor<SharedPollRefreshRequest, SharedPollRefreshResult> {
    /// Makes an interceptor of SharedPollRefresh.
    public static func sharedPollRefresh(_ body: @escaping Self.Body) -> Self { Self(.sharedPollRefresh, body) }
}
