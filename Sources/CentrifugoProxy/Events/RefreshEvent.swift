public import ProxyMessages

/// Extends or ends connections that are about to expire.
public protocol RefreshHandler: Actor {
    /// Answers with `.prolonged(for:)`, `.prolonged(until:)` or `.expired`; after a thrown refusal the connection ends as after `.expired`.
    func refresh(_ request: RefreshRequest, context: CallContext) async throws -> RefreshResult
}

struct RefreshEvent: UnaryEvent {
    static var event: ProxyEvent { .refresh }
    static var centrifugoOption: String { "client.proxy.refresh.enabled" }

    static var unhandledAnswer: UnhandledAnswer { .reply(Reply<Answer>(result: .expired), to: event) }

    let handler: any RefreshHandler

    nonisolated(nonsending) func call(_ request: RefreshRequest, _ context: CallContext) async throws -> RefreshResult {
        try await handler.refresh(request, context: context)
    }
}

extension RefreshRequest: EventRequest, RoutedRequest {
    /// The user's id.
    public var userID: String? { user }
}

extension RefreshResult: EventAnswer, RoutedResult {
    /// Whether the connection ends.
    public var isExpiry: Bool { expired }

    static var refused: Self? { .expired }

    mutating func encodePayloads(as encoding: PayloadEncoding) throws(AnswerPayloadError) {
        try encoding.apply(to: &info, base64: &b64info, field: "info")
        try PayloadEncoding.checkMeta(meta)
    }
}

extension Interceptor where Self == EventInterceptor<RefreshRequest, RefreshResult> {
    /// Makes an interceptor of Refresh.
    public static func refresh(_ body: @escaping Self.Body) -> Self { Self(.refresh, body) }
}
