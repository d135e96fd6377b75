extension CallContext {
    /// The context of the call that the current task serves; nil unless a ``CurrentContext`` interceptor precedes the
    /// handler.
    ///
    /// For code that the handler cannot easily pass its context to. Child tasks inherit it, and so does a `Task { }`,
    /// even after the call is over.
    @TaskLocal public static var current: CallContext?
}

/// Binds the context of each call to ``CallContext/current``, for the later interceptors in the list and the handler.
///
/// Put it last in the list, so that it includes the attributes that other interceptors set.
public struct CurrentContext: Interceptor {
    /// Makes the interceptor.
    public init() {}

    /// Passes the call on, with its context bound to the task.
    public nonisolated(nonsending) func intercept<Request: EventRequest, Answer: EventAnswer>(
        _ request: Request,
        context: CallContext,
        next: NextHandler<Request, Answer>
    ) async throws -> Answer {
        try await CallContext.$current.withValue(context) { try await next(request, context) }
    }
}
