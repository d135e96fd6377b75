extension CallContext {
    /// The context of the call that the current task works for; nil unless a ``CurrentContext`` stands before the handler.
    ///
    /// For code that is too far from the handler to be handed its context. Child tasks have it as well, and so has a
    /// `Task { }`, even after the call is over.
    @TaskLocal public static var current: CallContext?
}

/// Makes the context of each call ``CallContext/current`` for all that comes behind it: the interceptors that stand later
/// in the list, and the handler.
///
/// Put it last, and the attributes that others set are there too.
public struct CurrentContext: Interceptor {
    /// Makes the interceptor.
    public init() {}

    /// Hands the call on, its context bound to the task.
    public nonisolated(nonsending) func intercept<Request: EventRequest, Answer: EventAnswer>(
        _ request: Request,
        context: CallContext,
        next: NextHandler<Request, Answer>
    ) async throws -> Answer {
        try await CallContext.$current.withValue(context) { try await next(request, context) }
    }
}
