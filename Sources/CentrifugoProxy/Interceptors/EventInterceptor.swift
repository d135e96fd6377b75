/// An interceptor of one event, which knows the types of its request and answer.
///
/// Made by the functions that are named after the events:
///
/// ```swift
/// ProxyService(
///     interceptors: [
///         .rpc { request, context, next in
///             guard request.data.count <= 1_024 else { throw CentrifugoError.badRequest }
///             return try await next(request, context)
///         }
///     ],
///     rpc: Commands()
/// )
/// ```
public struct EventInterceptor<Request: EventRequest, Answer: EventAnswer>: Interceptor {
    /// Takes a call, and answers it or hands it on.
    public typealias Body =
        nonisolated(nonsending) @Sendable (Request, CallContext, NextHandler<Request, Answer>) async throws -> Answer

    /// The one event that it stands around.
    public let events: Set<ProxyEvent>
    let body: Body

    init(_ event: ProxyEvent, _ body: @escaping Body) {
        events = [event]
        self.body = body
    }

    /// Hands the calls of other types on; those of its own go straight to the closure.
    public nonisolated(nonsending) func intercept<OtherRequest: EventRequest, OtherAnswer: EventAnswer>(
        _ request: OtherRequest,
        context: CallContext,
        next: NextHandler<OtherRequest, OtherAnswer>
    ) async throws -> OtherAnswer {
        if let typed = self as? EventInterceptor<OtherRequest, OtherAnswer> {
            return try await typed.body(request, context, next)
        }
        return try await next(request, context)
    }
}
