#if HTTPBridge
public import CentrifugoProxy
import HTTP2Transport
public import Logging
import Metrics
public import ServiceLifecycle

/// Answers RPC by calling an HTTP server: `get:users/1` becomes `GET /users/1`.
///
/// A method is split into verb and path at its first colon. The verb is get, head, post, put, patch or delete, in upper
/// or lower case; one leading slash of the path is removed, and the path may have a query. GET and HEAD send the
/// payload as query parameters (`a[b]=c`), the other verbs as a JSON body; a call without data sends neither. Only
/// calls that ``Configuration/allowed`` lists are made, and a path that could leave the base URL is refused before
/// anything is sent.
///
/// The client gets the upstream's JSON object with `code` set to the HTTP status, whichever status that is:
///
/// | upstream's body | answer |
/// |---|---|
/// | JSON object | the object with `code` |
/// | other JSON | `code` and `data` |
/// | empty | `code` |
/// | JSON object with status 422 | `code`, `errors` and `message` |
/// | not JSON | error 502; with a 3xx only `code`, since redirects are not followed |
/// | larger than ``Configuration/maxAnswerSize`` | error 502 |
///
/// Other errors are 400 for an invalid method or payload, 404 for a call that no rule allows, 413 for a request that is
/// too large, and 503, temporary, when no complete answer arrives in time.
///
/// The metric `centrifugo_proxy_bridge_requests` counts calls by `outcome`: `answered`, `bad_request`, `not_allowed`,
/// `too_large`, `unavailable`, `bad_answer`, `answer_too_large` and `cancelled`.
///
/// As a service, it closes its connections at shutdown. List it before the server: a `ServiceGroup` ends services in
/// reverse order, and the server's last calls still need the connections.
public actor HTTPBridge: RPCHandler, Service {
    private let rules: RequestRules
    private let upstream: Upstream
    private let timeout: Duration
    private let logger: Logger
    // An upstream that is down makes every call fail; other failures should still be logged then.
    private let throttles = Dictionary(uniqueKeysWithValues: BridgeOutcome.allCases.map { ($0, LogThrottle()) })
    private let counters: [BridgeOutcome: Counter]

    /// Makes a bridge, which connects when a call needs it.
    ///
    /// - Parameters:
    ///   - configuration: The upstream, the allowed calls, and the limits.
    ///   - logger: Receives the reason when the upstream gives no answer; never payloads, headers or paths.
    /// - Throws: `ProxyServerError` when the configuration is invalid.
    public init(_ configuration: Configuration, logger: Logger) throws {
        rules = try RequestRules(configuration)
        upstream = try Upstream(
            maxConnections: configuration.maxConnections,
            maxAnswerSize: configuration.maxAnswerSize,
            section: "rpc.http"
        )
        timeout = configuration.timeout
        self.logger = logger.printable
        counters = Dictionary(
            uniqueKeysWithValues: BridgeOutcome.allCases.map { outcome in
                (
                    outcome,
                    Counter(label: "centrifugo_proxy_bridge_requests", dimensions: [("outcome", outcome.rawValue)])
                )
            }
        )
    }

    deinit {
        // AsyncHTTPClient ends the process if a client is released without this.
        upstream.abandon()
    }

    /// Calls the upstream.
    ///
    /// - Throws: `CentrifugoError`; or `CancellationError` when the call is cancelled, which also cancels the HTTP
    ///   request.
    public func rpc(_ request: RPCRequest, context: CallContext) async throws -> RPCResult {
        do {
            let (sent, rule) = try rules.request(for: request, context)
            return RPCResult(data: Payload(json: try await answer(to: sent, allowedBy: rule, context)))
        } catch let failure as BridgeError {
            count(failure.outcome)
            context.refusalReason = failure.outcome.refusalReason
            throw failure.refusal
        } catch is CancellationError {
            count(.cancelled)
            throw CancellationError()
        }
    }

    /// The request for a client's method without data.
    package enum Preview: Sendable {
        case allowed(verb: String, url: String, rule: String)
        /// Refused with this error code.
        case refused(Int)
    }

    /// Shows what a method would send, without a request to the upstream.
    ///
    /// - Throws: `ProxyServerError` when the configuration is invalid.
    package static func preview(of method: String, _ configuration: Configuration) throws -> Preview {
        let rules = try RequestRules(configuration)
        do throws(BridgeError) {
            let request = RPCRequest(user: "user", method: method)
            let (sent, rule) = try rules.request(for: request, CallContext(event: .rpc))
            return .allowed(verb: sent.verb.rawValue, url: sent.url, rule: rule)
        } catch {
            return .refused(Int(error.refusal.code))
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

    private func answer(
        to request: UpstreamRequest,
        allowedBy rule: String,
        _ context: CallContext
    ) async throws -> [UInt8] {
        let limit = Self.timeLimit(timeout, remaining: context.remainingTime)
        var status: UInt?
        do {
            let answer = try await upstream.tracedAnswer(to: request, within: limit)
            status = answer.status
            let json = try answer.json()
            count(.answered)
            return json
        } catch let failure as BridgeError {
            // The rule and not the path, whose text comes from clients.
            var metadata: Logger.Metadata = ["rule": "\(rule)", "error": "\(failure.reason ?? "")"]
            if let status { metadata["status"] = "\(status)" }
            throttles[failure.outcome]?.warn(logger, "the HTTP bridge got no answer", metadata: metadata)
            throw failure
        }
    }

    /// The time for a call, such that its answer arrives before Centrifugo gives up.
    static func timeLimit(_ timeout: Duration, remaining: Duration?) -> Duration {
        guard let remaining else { return timeout }
        return min(timeout, remaining - min(.milliseconds(50), remaining / 10))
    }

    private func count(_ outcome: BridgeOutcome) {
        counters[outcome]?.increment()
    }
}
#endif
