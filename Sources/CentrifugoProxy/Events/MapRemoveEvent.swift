public import ProxyMessages

/// Decides who may remove which key of a map channel.
///
/// Centrifugo 6.9.1 does what is accepted, and nevertheless answers the client with error 107.
public protocol MapRemoveHandler: Actor {
    /// Answers a client that removes a key.
    func mapRemove(_ request: MapRemoveRequest, context: CallContext) async throws -> MapRemoveResult
}

struct MapRemoveEvent: UnaryEvent {
    static var event: ProxyEvent { .mapRemove }
    static var centrifugoOption: String { "map.remove_proxy_enabled of the channel namespace" }

    let handler: any MapRemoveHandler

    nonisolated(nonsending) func call(
        _ request: MapRemoveRequest,
        _ context: CallContext
    ) async throws -> MapRemoveResult {
        try await handler.mapRemove(request, context: context)
    }
}

extension MapRemoveRequest: EventRequest, RoutedRequest {}

extension MapRemoveResult: EventAnswer, RoutedResult {}

extension Interceptor where Self == EventInterceptor<MapRemoveRequest, MapRemoveResult> {
    /// Makes an interceptor of MapRemove.
    public static func mapRemove(_ body: @escaping Self.Body) -> Self { Self(.mapRemove, body) }
}
