public import ProxyMessages

/// Serves clients' method calls.
public protocol RPCHandler: Actor {
    /// Answers a client that calls `request.method`.
    func rpc(_ request: RPCRequest, context: CallContext) async throws -> RPCResult
}

struct RPCEvent: UnaryEvent {
    static var event: ProxyEvent { .rpc }
    static var centrifugoOption: String { "proxy_enabled of the RPC namespace" }

    let handler: any RPCHandler

    nonisolated(nonsending) func call(_ request: RPCRequest, _ context: CallContext) async throws -> RPCResult {
        try await handler.rpc(request, context: context)
    }
}

extension RPCRequest: EventRequest, RoutedRequest {
    /// The user's id.
    public var userID: String? { user }
    /// The method.
    public var target: String? { method }
}

extension RPCResult: EventAnswer, RoutedResult {
    mutating func encodePayloads(as encoding: PayloadEncoding) throws(AnswerPayloadError) {
        try encoding.apply(to: &data, base64: &b64data, field: "data", readBy: .client)
    }
}

extension Interceptor where Self == EventInterceptor<RPCRequest, RPCResult> {
    /// Makes an interceptor of RPC.
    public static func rpc(_ body: @escaping Self.Body) -> Self { Self(.rpc, body) }
}
