/// The rest of a call: the later interceptors, and then the handler.
///
/// An interceptor calls it as a function: `try await next(request, context)`.
public struct NextHandler<Request: EventRequest, Answer: EventAnswer>: Sendable {
    /// A closure as the end of a chain.
    public typealias Handler = nonisolated(nonsending) @Sendable (Request, CallContext) async throws -> Answer

    /// The next step of the call, with the steps after it.
    ///
    /// Not closures: wrapped by generic code, those would cost each interceptor a third task switch. Indirect, so that
    /// the steps are not copied.
    @usableFromInline
    indirect enum Step: Sendable {
        case interceptor(any Interceptor, next: NextHandler)
        case closure(EventInterceptor<Request, Answer>.Body, next: NextHandler)
        case handler(any HandlerCall<Request, Answer>)
    }

    @usableFromInline let step: Step

    init(_ step: Step) {
        self.step = step
    }

    /// Makes the end of a chain, for example to call an interceptor in a test.
    public init(_ handler: @escaping Handler) {
        self.init(.handler(ClosureCall(closure: handler)))
    }

    // Inlined into the interceptors of other modules, which saves a stack frame.
    /// Passes the call on.
    @inlinable
    @inline(__always)
    public nonisolated(nonsending) func callAsFunction(
        _ request: Request,
        _ context: CallContext
    ) async throws -> Answer {
        switch step {
        case .interceptor(let interceptor, let next):
            try await interceptor.intercept(request, context: context, next: next)
        case .closure(let body, let next):
            try await body(request, context, next)
        case .handler(let handler):
            try await handler.call(request, context)
        }
    }
}

extension Interceptor {
    /// Calls the interceptor with a closure as the handler, for example in a test.
    public nonisolated(nonsending) func intercept<Request: EventRequest, Answer: EventAnswer>(
        _ request: Request,
        context: CallContext,
        next: @escaping NextHandler<Request, Answer>.Handler
    ) async throws -> Answer {
        try await intercept(request, context: context, next: NextHandler(next))
    }
}

/// The end of a chain.
@usableFromInline
protocol HandlerCall<Request, Answer>: Sendable {
    associatedtype Request: EventRequest
    associatedtype Answer: EventAnswer

    nonisolated(nonsending) func call(_ request: Request, _ context: CallContext) async throws -> Answer
}

private struct ClosureCall<Request: EventRequest, Answer: EventAnswer>: HandlerCall {
    let closure: NextHandler<Request, Answer>.Handler

    nonisolated(nonsending) func call(_ request: Request, _ context: CallContext) async throws -> Answer {
        try await closure(request, context)
    }
}
