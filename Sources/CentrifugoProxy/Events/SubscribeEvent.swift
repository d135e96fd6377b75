public import ProxyMessages

/// Decides who may subscribe to which channel.
public protocol SubscribeHandler: Actor {
    /// Answers a client that subscribes without a token.
    ///
    /// Centrifugo refuses channels of unknown namespaces, and those that begin with `$`, without asking.
    func subscribe(_ request: SubscribeRequest, context: CallContext) async throws -> SubscribeResult
}

struct SubscribeEvent: UnaryEvent {
    static var event: ProxyEvent { .subscribe }
    static var centrifugoOption: String { "subscribe_proxy_enabled of the channel namespace" }

    let handler: any SubscribeHandler

    nonisolated(nonsending) func call(
        _ request: SubscribeRequest,
        _ context: CallContext
    ) async throws -> SubscribeResult {
        try await handler.subscribe(request, context: context)
    }
}

extension SubscribeRequest: EventRequest, RoutedRequest {}

extension SubscribeResult: EventAnswer, RoutedResult {
    mutating func encodePayloads(as encoding: PayloadEncoding) throws(AnswerPayloadError) {
        try encoding.apply(to: &data, base64: &b64data, field: "data", readBy: .client)
        try encoding.apply(to: &info, base64: &b64info, field: "info")
    }
}

extension Interceptor where Self == EventInterceptor<SubscribeRequest, SubscribeResult> {
    /// Makes an interceptor of Subscribe.
    public static func subscribe(_ body: @escaping Self.Body) -> Self { Self(.subscribe, body) }
}
