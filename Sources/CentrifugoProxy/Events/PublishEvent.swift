public import ProxyMessages

/// Decides who may publish what into which channel.
public protocol PublishHandler: Actor {
    /// Answers a client that publishes; empty `data` publishes what the client sent.
    func publish(_ request: PublishRequest, context: CallContext) async throws -> PublishResult
}

struct PublishEvent: UnaryEvent {
    static var event: ProxyEvent { .publish }
    static var centrifugoOption: String { "publish_proxy_enabled of the channel namespace" }

    let handler: any PublishHandler

    nonisolated(nonsending) func call(_ request: PublishRequest, _ context: CallContext) async throws -> PublishResult {
        try await handler.publish(request, context: context)
    }
}

extension PublishRequest: EventRequest, RoutedRequest {}

extension PublishResult: EventAnswer, RoutedResult {
    mutating func encodePayloads(as encoding: PayloadEncoding) throws(AnswerPayloadError) {
        try encoding.apply(to: &data, base64: &b64data, field: "data")
    }
}

extension Interceptor where Self == EventInterceptor<PublishRequest, PublishResult> {
    /// Makes an interceptor of Publish.
    public static func publish(_ body: @escaping Self.Body) -> Self { Self(.publish, body) }
}
