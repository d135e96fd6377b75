extension [any Interceptor] {
    /// Puts the interceptors of an event before its handler, the first one outermost.
    ///
    /// Done once, when the service is made: an event without interceptors goes straight to its handler.
    func chain<Request: EventRequest, Answer: EventAnswer>(
        _ event: ProxyEvent,
        to handler: NextHandler<Request, Answer>
    ) -> NextHandler<Request, Answer> {
        reversed().reduce(handler) { next, interceptor in
            interceptor.events.contains(event) ? interceptor.before(next) : next
        }
    }

    /// The same for a handler that is a closure.
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
        // The types are known here, so that no call has to search for the closure of its event.
        if let typed = self as? EventInterceptor<Request, Answer> {
            NextHandler(.closure(typed.body, next: next))
        } else {
            NextHandler(.interceptor(self, next: next))
        }
    }
}
