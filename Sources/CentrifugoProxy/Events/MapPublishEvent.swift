public import ProxyMessages

/// Decides who may set which key of a map channel.
///
/// Centrifugo 6.9.1 does what is accepted, and nevertheless answers the client with error 107.
public protocol MapPublishHandler: Actor {
    /// Answers a client that sets a key; empty `data` publishes what the client sent.
    func mapPublish(_ request: MapPublishRequest, context: CallContext) async throws -> MapPublishResult
}

struct MapPublishEvent: UnaryEvent {
    static var event: ProxyEvent { .mapPublish }
    static var centrifugoOption: String { "map.publish_proxy_enabled of the channel namespace" }

    let handler: any MapPublishHandler

    nonisolated(nonsending) func call(
        _ request: MapPublishRequest,
        _ context: CallContext
    ) async throws -> MapPublishResult {
        try await handler.mapPublish(request, context: context)
    }
}

extension MapPublishRequest: EventRequest, RoutedRequest {}

extension MapPublishResult: EventAnswer, RoutedResult {
    mutating func encodePayloads(as encoding: PayloadEncoding) throws(AnswerPayloadError) {
        try encoding.apply(to: &data, base64: &b64data, field: "data")
        try encoding.apply(to: &streamData, base64: &b64streamData, field: "streamData")
    }
}

extension Interceptor where Self == EventInterceptor<MapPublishRequest, MapPublishResult> {
    /// Makes an interceptor of MapPublish.
    public static func mapPublish(_ body: @escaping Self.Body) -> Self { Self(.mapPublish, body) }
}
