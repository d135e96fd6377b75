/// Stands around the calls of one event, several, or all.
///
/// An interceptor sees a call between the peer and the handler: it may change the request and the context before it calls
/// `next`, change the answer or the error afterwards, answer without `next`, or refuse by throwing what handlers throw.
/// Those of a ``ProxyService`` stand in the order of its list: the first is the outermost, so it sees the request first
/// and the answer last. They run where the handler runs, and do not change threads.
///
/// ```swift
/// struct Timing: Interceptor {
///     let logger: Logger
///
///     nonisolated(nonsending) func intercept<Request: EventRequest, Answer: EventAnswer>(
///         _ request: Request,
///         context: CallContext,
///         next: NextHandler<Request, Answer>
///     ) async throws -> Answer {
///         let start = ContinuousClock.now
///         defer { logger.info("\(context.event) took \(start.duration(to: .now))") }
///         return try await next(request, context)
///     }
/// }
/// ```
///
/// One that is about a single event is written as a closure with that event's types: see ``EventInterceptor``. Streams
/// are intercepted where they are accepted or refused; what happens at their end is for ``CallContext/afterAnswer(_:)``.
/// An event without a handler is refused before any interceptor.
public protocol Interceptor: Sendable {
    /// The events that it stands around; all, unless it says otherwise. Asked once, when the service is made.
    var events: Set<ProxyEvent> { get }

    /// Takes a call, and answers it or hands it on.
    ///
    /// Write `nonisolated(nonsending)` in the conforming type as well, unless its module has the upcoming feature
    /// NonisolatedNonsendingByDefault: without, each call changes threads twice.
    nonisolated(nonsending) func intercept<Request: EventRequest, Answer: EventAnswer>(
        _ request: Request,
        context: CallContext,
        next: NextHandler<Request, Answer>
    ) async throws -> Answer
}

extension Interceptor {
    /// All events.
    public var events: Set<ProxyEvent> { Set(ProxyEvent.allCases) }

    /// This interceptor, around some of its events only.
    public func only(on events: ProxyEvent...) -> some Interceptor {
        LimitedInterceptor(base: self, events: self.events.intersection(events))
    }
}

/// An interceptor around fewer events than it is made for.
private struct LimitedInterceptor<Base: Interceptor>: Interceptor {
    let base: Base
    let events: Set<ProxyEvent>

    nonisolated(nonsending) func intercept<Request: EventRequest, Answer: EventAnswer>(
        _ request: Request,
        context: CallContext,
        next: NextHandler<Request, Answer>
    ) async throws -> Answer {
        try await base.intercept(request, context: context, next: next)
    }
}
