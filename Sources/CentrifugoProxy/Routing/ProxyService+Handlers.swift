extension ProxyService {
    /// Makes a service of actors, each of which serves all events whose handler protocols it conforms to.
    ///
    /// ```swift
    /// let service = try ProxyService(handlers: [Sessions(), Rooms(), Commands()])
    /// ```
    ///
    /// For an actor that serves fewer events than it could, name the handler of each event instead:
    /// `ProxyService(subscribe: topics, publish: topics)`.
    ///
    /// - Parameters:
    ///   - handlers: The actors, in any order.
    ///   - interceptors: They stand around the calls of all handlers, the first outermost.
    /// - Throws: ``ProxyServiceError`` when two actors serve one event, and when one serves none.
    public init(handlers: [any Actor], interceptors: [any Interceptor] = []) throws(ProxyServiceError) {
        let registered = RegisteredActors(actors: handlers)
        try self.init(
            interceptors: interceptors,
            connect: registered.only(for: .connect),
            refresh: registered.only(for: .refresh),
            subscribe: registered.only(for: .subscribe),
            subRefresh: registered.only(for: .subRefresh),
            publish: registered.only(for: .publish),
            rpc: registered.only(for: .rpc),
            mapPublish: registered.only(for: .mapPublish),
            mapRemove: registered.only(for: .mapRemove),
            sharedPollRefresh: registered.only(for: .sharedPollRefresh),
            notifyCacheEmpty: registered.only(for: .notifyCacheEmpty),
            notifyChannelState: registered.only(for: .notifyChannelState),
            subscribeUnidirectional: registered.only(for: .subscribeUnidirectional),
            subscribeBidirectional: registered.only(for: .subscribeBidirectional)
        )
        let serving = Set(self.handlers.map { ObjectIdentifier($0) })
        if let idle = handlers.first(where: { !serving.contains(ObjectIdentifier($0)) }) {
            throw ProxyServiceError(
                "\(type(of: idle)) serves no event; make it conform to ConnectHandler, RPCHandler or another handler protocol."
            )
        }
    }
}

/// The actors that a service is made of.
private struct RegisteredActors {
    let actors: [any Actor]

    /// The one that conforms to an event's handler protocol; nil if none does.
    func only<Handler>(for event: ProxyEvent) throws(ProxyServiceError) -> Handler? {
        let found = actors.filter { $0 is Handler }
        guard found.count > 1 else { return found.first as? Handler }
        let types = found.prefix(2).map { "\(type(of: $0))" }
        let both = types[0] == types[1] ? "Two actors of type \(types[0])" : "\(types[0]) and \(types[1])"
        throw ProxyServiceError(
            "\(both) serve \(event.methodName); register one of them, or name the handler of each event: "
                + "ProxyService(\(event): …)."
        )
    }
}

/// Why a service cannot be made of these handlers.
public struct ProxyServiceError: Error, Hashable, CustomStringConvertible {
    /// A sentence that names the handlers and what to change.
    public let description: String

    init(_ description: String) {
        self.description = description
    }
}
