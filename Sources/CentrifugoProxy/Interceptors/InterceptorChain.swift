extension [any Interceptor] {
    /// Puts those that stand around an event in front of its handler, the first outermost.
    ///
    /// Done once, when the service is made: a call then costs a closure for each of them, and an event that has none
    /// goes to its handler as if there were no interceptors.
    func chain<Request: EventRequest, Answer: EventAnswer>(
        _ event: ProxyEvent,
        to handler: @escaping NextHandler<Request, Answer>
    ) -> NextHandler<Request, Answer> {
        reversed().reduce(handler) { next, interceptor in
            interceptor.events.contains(event) ? interceptor.before(next) : next
        }
    }
}

extension Interceptor {
    fileprivate func before<Request: EventRequest, Answer: EventAnswer>(
        _ next: @escaping NextHandler<Request, Answer>
    ) -> NextHandler<Request, Answer> {
        // Here the types are known: a closure for this event need not be looked for at each call.
        if let typed = self as? EventInterceptor<Request, Answer> {
            let body = typed.body
            return { try await body($0, $1, next) }
        }
        return { try await intercept($0, context: $1, next: next) }
    }
}
