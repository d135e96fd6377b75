import GRPCCall
import HTTP2Framing
import ProxyMessages

/// Routes each event to its handler.
///
/// An event without a handler is refused at once: see ``ProxyEvent``, and the README for what each
/// answers.
public struct ProxyService: Sendable {
    private let routes: [Route?]
    private let streamRoutes: [StreamRoute?]
    /// Whether a call was warned of whose event has no handler, by the event: a busy one must not fill the log.
    private let warned = Dictionary(uniqueKeysWithValues: ProxyEvent.allCases.map { ($0, FirstTime()) })
    /// What operators are told of handlers that fail.
    let failures = HandlerFailures()

    /// Makes a service of handlers; one actor may serve several events.
    ///
    /// The interceptors stand around the calls of all handlers, the first outermost.
    public init(
        interceptors: [any Interceptor] = [],
        connect: (any ConnectHandler)? = nil,
        refresh: (any RefreshHandler)? = nil,
        subscribe: (any SubscribeHandler)? = nil,
        subRefresh: (any SubRefreshHandler)? = nil,
        publish: (any PublishHandler)? = nil,
        rpc: (any RPCHandler)? = nil,
        mapPublish: (any MapPublishHandler)? = nil,
        mapRemove: (any MapRemoveHandler)? = nil,
        sharedPollRefresh: (any SharedPollRefreshHandler)? = nil,
        notifyCacheEmpty: (any NotifyCacheEmptyHandler)? = nil,
        notifyChannelState: (any NotifyChannelStateHandler)? = nil,
        subscribeUnidirectional: (any SubscribeUnidirectionalHandler)? = nil,
        subscribeBidirectional: (any SubscribeBidirectionalHandler)? = nil
    ) {
        let served: [Route?] = [
            connect.map { Route(ConnectEvent(handler: $0), on: $0, behind: interceptors) },
            refresh.map { Route(RefreshEvent(handler: $0), on: $0, behind: interceptors) },
            subscribe.map { Route(SubscribeEvent(handler: $0), on: $0, behind: interceptors) },
            subRefresh.map { Route(SubRefreshEvent(handler: $0), on: $0, behind: interceptors) },
            publish.map { Route(PublishEvent(handler: $0), on: $0, behind: interceptors) },
            rpc.map { Route(RPCEvent(handler: $0), on: $0, behind: interceptors) },
            mapPublish.map { Route(MapPublishEvent(handler: $0), on: $0, behind: interceptors) },
            mapRemove.map { Route(MapRemoveEvent(handler: $0), on: $0, behind: interceptors) },
            sharedPollRefresh.map { Route(SharedPollRefreshEvent(handler: $0), on: $0, behind: interceptors) },
            notifyCacheEmpty.map { Route(NotifyCacheEmptyEvent(handler: $0), on: $0, behind: interceptors) },
            notifyChannelState.map { Route(NotifyChannelStateEvent(handler: $0), on: $0, behind: interceptors) },
        ]
        let streams = [
            subscribeUnidirectional.map { StreamRoute($0, behind: interceptors) },
            subscribeBidirectional.map { StreamRoute($0, behind: interceptors) },
        ]
        streamRoutes = ProxyEvent.allCases.map { event in streams.lazy.compactMap { $0 }.first { $0.event == event } }
        routes = ProxyEvent.allCases.map { event in served.lazy.compactMap { $0 }.first { $0.event == event } }
    }

    /// The events that have a handler.
    public var handledEvents: [ProxyEvent] { routes.compactMap { $0?.event } + streamRoutes.compactMap { $0?.event } }

    /// The route of a unary event, by its position in `ProxyEvent.allCases`.
    func route(at index: Int) -> Route? {
        routes[index]
    }

    /// The route of a stream event, by its position in `ProxyEvent.allCases`.
    func streamRoute(at index: Int) -> StreamRoute? {
        streamRoutes[index]
    }

    /// The handler actors, each once.
    var handlers: [any Actor] {
        var seen: Set<ObjectIdentifier> = []
        return (routes.compactMap { $0?.handler } + streamRoutes.compactMap { $0?.handler })
            .filter { seen.insert(ObjectIdentifier($0)).inserted }
    }

    /// The paths of all events, in the order of `ProxyEvent.allCases`, and then those of built-in methods, for the
    /// sessions.
    static func makeHTTP2Routes(builtIn methods: [BuiltInMethod]) -> HTTP2Routes {
        let events = ProxyEvent.allCases.map {
            (path: $0.path, kind: $0.isStream ? .streaming : HTTP2Routes.Kind.unary)
        }
        return HTTP2Routes(events + methods.map { ($0.path, .streaming) })
    }

    /// Whether this is the first call of an event without a handler.
    func isFirstUnhandled(_ event: ProxyEvent) -> Bool {
        warned[event]?.isFirst() ?? false
    }
}
