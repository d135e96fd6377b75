public import ProxyMessages

/// Extends or ends subscriptions that are about to expire.
public protocol SubRefreshHandler: Actor {
    /// Answers with `.prolonged(for:)`, `.prolonged(until:)` or `.expired`; after a thrown refusal the subscription ends as after `.expired`.
    func subRefresh(_ request: SubRefreshRequest, context: CallContext) async throws -> SubRefreshResult
}

struct SubRefreshEvent: UnaryEvent {
    static var event: ProxyEvent { .subRefresh }
    static var centrifugoOption: String { "sub_refresh_proxy_enabled of the channel namespace" }

    static var unhandledAnswer: UnhandledAnswer { .reply(Reply<Answer>(result: .expired), to: event) }

    let handler: any SubRefreshHandler

    nonisolated(nonsending) func call(
        _ request: SubRefreshRequest,
        _ context: CallContext
    ) async throws -> SubRefreshResult {
        try await handler.subRefresh(request, context: context)
    }
}

extension SubRefreshRequest: EventRequest, RoutedRequest {}

extension SubRefreshResult: EventAnswer, RoutedResult {
    /// Whether the subscription ends.
    public var isExpiry: Bool { expired }

    static var refused: Self? { .expired }

    mutating func encodePayloads(as encoding: PayloadEncoding) throws(AnswerPayloadError) {
        try encoding.apply(to: &info, base64: &b64info, field: "info")
    }
}

extension Interceptor where Self == EventInterceptor<SubRefreshRequest, SubRefreshResult> {
    /// Makes an interceptor of SubRefresh.
    public static func subRefresh(_ body: @escaping Self.Body) -> Self { Self(.subRefresh, body) }
}
