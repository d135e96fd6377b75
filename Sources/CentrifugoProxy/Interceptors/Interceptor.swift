/// Intercepts the calls of one event, of several, or of all.
///
/// An interceptor sees a call between the peer and the handler. It may change the request and the context before it
/// calls `next`, change the answer or the error afterwards, answer without calling `next`, or throw any error that
/// handlers may throw to refuse. The interceptors of a ``ProxyService`` run in the order of its list: the first is the
/// outermost, so it sees the request first and the answer last. They run where the handler runs, and do not change
/// threads.
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
/// For a single event, write a closure with that event's types: see ``EventInterceptor``. An interceptor of a stream
/// sees it accepted or refused; use ``CallContext/whenOver(_:)`` for what has to happen at its end. An event without
/// a handler is refused before any interceptor runs.
public protocol Interceptor: Sendable {
    /// The events that it intercepts; all by default. Read once, when the service is made.
    var events: Set<ProxyEvent> { get }

    /// Handles a call: answers it or passes it on.
    ///
    /// Write `nonisolated(nonsending)` in the conforming type as well, unless its module enables the upcoming feature
    /// NonisolatedNonsendingByDefault: without it, each call changes threads twice.
    nonisolated(nonsending) func intercept<Request: EventRequest, Answer: EventAnswer>(
        _ request: Request,
        context: CallContext,
        next: NextHandler<Request, Answer>
    ) async throws -> Answer
}

extension Interceptor {
    /// All events.
    public var events: Set<ProxyEvent> { Set(ProxyEvent.allCases) }

    /// This interceptor, limited to some of its events.
    public func only(on events: ProxyEvent...) -> some Interceptor {
        LimitedInterceptor(base: self, events: self.events.intersection(events))
    }
}

/// An interceptor limited to fewer events than it was made for.
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
