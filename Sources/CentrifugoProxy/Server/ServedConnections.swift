import HTTP2Framing
import HTTP2Transport

/// What the connections of a server have in common, wherever they come from.
struct ServedConnections {
    private let service: ProxyService
    private let limits: ServiceLoop.Limits
    private let secretCheck: SharedSecretCheck
    private let callLimiter: CallLimiter
    private let builtIn: [BuiltInMethod]
    private let unread: UnreadLimit?

    /// Makes what is common to the connections of a service.
    ///
    /// - Parameters:
    ///   - service: What answers the events.
    ///   - limits: The server's limits.
    ///   - compressesAnswers: Whether large answers are compressed.
    ///   - secret: What calls have to know; nil for nothing.
    ///   - builtIn: The methods beside those of the events.
    ///   - unread: What holds back the only stream, if anything beside the unsent bytes does.
    init(
        of service: ProxyService,
        limits: ProxyServer.Limits,
        compressesAnswers: Bool = false,
        secret: CurrentSecret? = nil,
        builtIn: [BuiltInMethod] = [],
        unread: UnreadLimit? = nil
    ) {
        self.service = service
        self.limits = ServiceLoop.Limits(limits, compressesAnswers: compressesAnswers)
        self.builtIn = builtIn
        self.unread = unread
        secretCheck = SharedSecretCheck(secret: secret)
        callLimiter = CallLimiter(limit: limits.maxConcurrentCalls)
    }

    /// The paths that are served.
    func makeRoutes() -> HTTP2Routes {
        ProxyService.makeHTTP2Routes(builtIn: builtIn)
    }

    /// Makes what takes the events of a loop's connections.
    func delegates(of loop: ServerLoop) -> (HTTP2Connection) -> any HTTP2ConnectionDelegate {
        let shared = ServiceLoop(
            service: service,
            loop: loop,
            limits: limits,
            secretCheck: secretCheck,
            callLimiter: callLimiter,
            builtIn: builtIn,
            unread: unread
        )
        return { connection in ProxyConnection(shared: shared, connection: connection) }
    }
}
