import HTTP2Framing
import HTTP2Transport

/// What the connections of a server share, whether they come from sockets or from the same process.
struct ServedConnections {
    private let service: ProxyService
    private let limits: ServiceLoop.Limits
    private let secretCheck: SharedSecretCheck
    private let callLimiter: CallLimiter
    private let builtIn: [BuiltInMethod]
    private let unread: UnreadLimit?
    private let metrics: ServerMetrics?
    private let accessLog: AccessLog?
    private let tracing: CallTracing?

    /// Makes what the connections of a service share.
    ///
    /// - Parameters:
    ///   - service: The service that is called.
    ///   - limits: The server's limits.
    ///   - compressesAnswers: Whether answers of 1,024 bytes or more are compressed.
    ///   - secret: The shared secret of calls; nil for none.
    ///   - builtIn: The methods beside those of the events.
    ///   - unread: Another limit of the only stream beside its unsent bytes; nil for none.
    ///   - metrics: Collects the counts of the loops; nil when nobody observes the calls.
    ///   - accessLog: Logs the calls.
    ///   - tracing: Traces the calls.
    init(
        of service: ProxyService,
        limits: ProxyServer.Limits,
        compressesAnswers: Bool = false,
        secret: CurrentSecret? = nil,
        builtIn: [BuiltInMethod] = [],
        unread: UnreadLimit? = nil,
        metrics: ServerMetrics? = nil,
        accessLog: AccessLog? = nil,
        tracing: CallTracing? = nil
    ) {
        self.service = service
        self.metrics = metrics
        self.accessLog = accessLog
        self.tracing = tracing
        self.limits = ServiceLoop.Limits(limits, compressesAnswers: compressesAnswers)
        self.builtIn = builtIn
        self.unread = unread
        secretCheck = SharedSecretCheck(secret: secret)
        callLimiter = CallLimiter(limit: limits.maxConcurrentCalls)
        metrics?.limits(callLimiter)
    }

    /// The paths that are served.
    func makeRoutes() -> HTTP2Routes {
        ProxyService.makeHTTP2Routes(builtIn: builtIn)
    }

    /// Makes what takes the events of a loop's connections.
    func delegates(of loop: ServerLoop) -> (HTTP2Connection) -> any HTTP2ConnectionDelegate {
        let observer = metrics.map { metrics in
            let observer = CallObserver(on: loop, accessLog: accessLog, tracing: tracing)
            metrics.add(observer)
            return observer
        }
        let shared = ServiceLoop(
            service: service,
            loop: loop,
            limits: limits,
            secretCheck: secretCheck,
            callLimiter: callLimiter,
            builtIn: builtIn,
            unread: unread,
            observer: observer
        )
        return { connection in ProxyConnection(shared: shared, connection: connection) }
    }
}
