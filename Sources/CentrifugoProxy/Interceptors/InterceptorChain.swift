extension [any Interceptor] {
    /// Puts those that stand around an event in front of its handler, the first outermost.
    ///
    /// Done once, when the service is made: an event that has none goes to its handler as if there were no interceptors.
    func chain<Request: EventRequest, Answer: EventAnswer>(
        _ event: ProxyEvent,
        to handler: NextHandler<Request, Answer>
    ) -> NextHandler<Request, Answer> {
        reversed().reduce(handler) { next, interceptor in
            interceptor.events.contains(event) ? interceptor.before(next) : next
        }
    }

    /// The same, for a handler that is a closure.
    func chain<Request: EventRequest, Answer: EventAnswer>(
        _ event: ProxyEvent,
        to handler: @escaping NextHandler<Request, Answer>.Handler
    ) -> NextHandler<Request, Answer> {
        chain(event, to: NextHandler(handler))
    }
}

extension Interceptor {
    fileprivate func before<Request: EventRequest, Answer: EventAnswer>(
        _ next: NextHandler<Request, Answer>
    ) -> NextHandler<Request, Answer> {
        // Here the types are known: a closure for this event need not be looked for at each call.
        if let typed = self as? EventInterceptor<Request, Answer> {
            NextHandler(.closure(typed.body, next: next))
        } else {
            NextHandler(.interceptor(self, next: next))
        }
    }
}
