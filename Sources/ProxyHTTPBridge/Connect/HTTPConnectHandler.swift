#if HTTPBridge
public import CentrifugoProxy
import HTTP2Transport
import HTTPUpstream
public import Logging
import Metrics
public import ServiceLifecycle

/// Asks an HTTP server about each client that connects, as Centrifugo's own HTTP proxy does.
///
/// The request is a POST with the JSON of Centrifugo's connect proxy, and with the metadata that
/// ``Configuration/forwardedMetadata`` lists as headers, a cookie for example. So a server that Centrifugo asks directly
/// needs no change:
///
/// | the server's answer | answer |
/// |---|---|
/// | 200, `{"result": {"user": …}}` | accepted, with the result's fields; without `user` as an anonymous client |
/// | 200, `{"error": {"code", "message"}}`, code 400 to 1999 | the error |
/// | 200, `{"disconnect": {"code", "reason"}}`, code 4000 to 4999 | the disconnect |
/// | 401, 403 | disconnect 4500 |
/// | any other status, or an answer with something else | error 503, temporary: SDKs connect again |
/// | no complete answer in time | the same |
///
/// An answer with several of them is a disconnect before an error before a result. Redirects are not followed.
///
/// The metric `centrifugo_proxy_connect_requests` counts calls by `outcome`: `answered`, `bad_request`, `unavailable`,
/// `bad_answer`, `answer_too_large` and `cancelled`. Those that shared another call's request count as well.
///
/// As a service, it closes its connections at shutdown. List it before the server: a `ServiceGroup` ends services in
/// reverse order, and the server's last calls still need the connections.
public actor HTTPConnectHandler: ConnectHandler, Service {
    private let url: HTTPURL
    private let headers: UpstreamHeaders
    private let upstream: Upstream
    private let timeout: Duration
    private let sharesRequests: Bool
    private let logger: Logger
    private let flights: SingleFlight<ConnectCredentials, ConnectAnswer>
    private let throttles = Dictionary(uniqueKeysWithValues: BridgeOutcome.allCases.map { ($0, LogThrottle()) })
    private let counters: [BridgeOutcome: Counter]

    /// Makes a handler, which connects when a call needs it.
    ///
    /// - Parameters:
    ///   - configuration: The server, the headers, and the limits.
    ///   - logger: Receives the reason when the server gives no usable answer; never payloads or headers.
    /// - Throws: `ProxyServerError` when the configuration is invalid.
    public init(_ configuration: Configuration, logger: Logger) throws {
        try self.init(configuration, logger: logger, onJoin: {})
    }

    init(_ configuration: Configuration, logger: Logger, onJoin: @escaping @Sendable () -> Void) throws {
        (url, headers) = try Self.check(configuration)
        upstream = try Upstream(
            maxConnections: configuration.maxConnections,
            maxAnswerSize: configuration.maxAnswerSize,
            section: "connect.http"
        )
        timeout = configuration.timeout
        sharesRequests = configuration.sharesRequests
        self.logger = logger.printable
        flights = SingleFlight(onJoin: onJoin)
        counters = Dictionary(
            uniqueKeysWithValues: BridgeOutcome.allCases.map { outcome in
                (
                    outcome,
                    Counter(label: "centrifugo_proxy_connect_requests", dimensions: [("outcome", outcome.rawValue)])
                )
            }
        )
    }

    deinit {
        // AsyncHTTPClient ends the process if a client is released without this.
        upstream.abandon()
    }

    /// Checks a configuration, without connecting.
    ///
    /// - Throws: `ProxyServerError` when it is invalid.
    @discardableResult
    package static func validate(_ configuration: Configuration) throws -> String {
        try check(configuration).url.shown
    }

    private static func check(_ configuration: Configuration) throws -> (url: HTTPURL, headers: UpstreamHeaders) {
        let url: HTTPURL
        do throws(HTTPURLError) {
            url = try HTTPURL(configuration.url)
        } catch {
            throw ProxyServerError(
                .invalidConfiguration,
                "The URL of the HTTP server for connections cannot be used: \(error.reason)."
            )
        }
        return (url, try UpstreamHeaders(fixed: configuration.headers, forwarded: configuration.forwardedMetadata))
    }

    /// Asks the server.
    ///
    /// - Throws: `CentrifugoError` and `Disconnect`; or `CancellationError` when the call is cancelled.
    public func connect(_ request: ConnectRequest, context: CallContext) async throws -> ConnectResult {
        do {
            let answer = try await answer(to: request, context)
            counters[.answered]?.increment()
            return try answer.result()
        } catch let failure as BridgeError {
            counters[failure.outcome]?.increment()
            context.refusalReason = failure.outcome.refusalReason
            // A server that is down, or has a mistake, is there again later; the client may come back then.
            throw failure.outcome == .badRequest ? failure.refusal : CentrifugoError.unavailable
        } catch is CancellationError {
            counters[.cancelled]?.increment()
            throw CancellationError()
        }
    }

    /// Waits for a graceful shutdown, and closes all connections.
    public func run() async throws {
        // When it is cancelled instead, it closes the connections as well.
        try? await gracefulShutdown()
        await shutdown()
    }

    /// Closes all connections, for use without a `ServiceGroup`; later calls are refused with 503.
    public func shutdown() async {
        await upstream.shutDown()
    }

    private func answer(to request: ConnectRequest, _ context: CallContext) async throws -> ConnectAnswer {
        let forwarded = try headers.forwardedHeaders(of: context)
        let body = try ConnectBody(request)
        let sent = UpstreamRequest(
            verb: .post,
            url: url.text,
            headers: headers.fixedHeaders + forwarded + [("content-type", "application/json")],
            body: body.json(client: request.client)
        )
        let limit = HTTPBridge.timeLimit(timeout, remaining: context.remainingTime)
        let credentials = ConnectCredentials(forwarded, body)
        // Without any of them, all strangers look the same.
        guard sharesRequests, credentials.identify else { return try await ask(sent, within: limit) }
        return try await flights.value(for: credentials) { [self] in try await ask(sent, within: limit) }
    }

    private func ask(_ request: UpstreamRequest, within limit: Duration) async throws -> ConnectAnswer {
        var status: UInt?
        do {
            let answer = try await upstream.tracedAnswer(to: request, within: limit)
            status = answer.status
            return try ConnectAnswer(answer)
        } catch let failure as BridgeError {
            var metadata: Logger.Metadata = ["url": "\(url.shown)", "error": "\(failure.reason ?? "")"]
            if let status { metadata["status"] = "\(status)" }
            throttles[failure.outcome]?.warn(
                logger,
                "the HTTP server for connections gave no usable answer",
                metadata: metadata
            )
            throw failure
        }
    }
}
#endif
