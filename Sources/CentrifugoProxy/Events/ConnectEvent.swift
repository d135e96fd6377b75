public import ProxyMessages

/// Decides who may connect.
public protocol ConnectHandler: Actor {
    /// Answers a client that connects without a token of its own.
    func connect(_ request: ConnectRequest, context: CallContext) async throws -> ConnectResult
}

struct ConnectEvent: UnaryEvent {
    static var event: ProxyEvent { .connect }
    static var centrifugoOption: String { "client.proxy.connect.enabled" }

    /// A disconnect, and not an error: an empty answer would let the client in, and after an error the SDK tries again.
    static var unhandledAnswer: UnhandledAnswer { .reply(Reply<Answer>(disconnect: .noHandler), to: event) }

    let handler: any ConnectHandler

    nonisolated(nonsending) func call(_ request: ConnectRequest, _ context: CallContext) async throws -> ConnectResult {
        try await handler.connect(request, context: context)
    }
}

extension ConnectRequest: EventRequest, RoutedRequest {}

extension ConnectResult: EventAnswer, RoutedResult {
    /// The user that the handler found, empty for an anonymous one.
    public var userID: String? { user }

    static var namesUser: Bool { true }

    mutating func encodePayloads(as encoding: PayloadEncoding) throws(AnswerPayloadError) {
        try encoding.apply(to: &data, base64: &b64data, field: "data", readBy: .client)
        try encoding.apply(to: &info, base64: &b64info, field: "info")
        try PayloadEncoding.checkMeta(meta)
        for channel in subs.keys {
            guard var options = subs[channel] else { continue }
            try encoding.apply(to: &options.data, base64: &options.b64data, field: "data in subs", readBy: .client)
            try encoding.apply(to: &options.info, base64: &options.b64info, field: "info in subs")
            subs[channel] = options
        }
    }
}

extension Interceptor where Self == EventInterceptor<ConnectRequest, ConnectResult> {
    /// Makes an interceptor of Connect.
    public static func connect(_ body: @escaping Self.Body) -> Self { Self(.connect, body) }
}
