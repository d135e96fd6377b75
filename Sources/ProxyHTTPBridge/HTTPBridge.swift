#if HTTPBridge
public import CentrifugoProxy
import HTTP2Transport
public import Logging
import Metrics
public import ServiceLifecycle

/// Answers RPC by calling an HTTP server: `get:users/1` becomes `GET /users/1`.
///
/// Verb and path of a method are split at its first colon; the verb is get, head, post, put, patch or delete in any case,
/// one slash in front of the path is dropped, and the path may have a query. With GET and HEAD the payload travels as
/// query parameters (`a[b]=c`), with the others as a JSON body; a call without data has neither. Only what
/// ``Configuration/allowed`` lists is called, and a path that could leave the base URL is refused before anything is sent.
///
/// The client gets the upstream's JSON object with `code` set to the HTTP status, whatever that is:
///
/// | upstream's body | answer |
/// |---|---|
/// | JSON object | the object with `code` |
/// | other JSON | `code` and `data` |
/// | empty | `code` |
/// | JSON object with status 422 | `code`, `errors` and `message` |
/// | not JSON | error 502; with a 3xx only `code`, for redirects are not followed |
/// | larger than ``Configuration/maxAnswerSize`` | error 502 |
///
/// Other errors are 400 for a method or payload that makes no sense, 404 for what no rule allows, 413 for a request that
/// is too large, and 503, temporary, when there is no whole answer in time.
///
/// The metric `centrifugo_proxy_bridge_requests` counts calls by `outcome`: `answered`, `bad_request`, `not_allowed`,
/// `too_large`, `unavailable`, `bad_answer`, `answer_too_large` and `cancelled`.
///
/// As a service it closes its connections at shutdown. List it before the server: a `ServiceGroup` ends services in
/// reverse order, and the server's last calls still need them.
public actor HTTPBridge: RPCHandler, Service {
    private let rules: RequestRules
    private let upstream: Upstream
    private let timeout: Duration
    private let logger: Logger
    // An upstream that is down fails each call; of other failures something is still to be seen.
    private let throttles = Dictionary(uniqueKeysWithValues: BridgeOutcome.allCases.map { ($0, LogThrottle()) })
    private let counters: [BridgeOutcome: Counter]

    /// Makes a bridge; it connects when a call needs it.
    ///
    /// - Parameters:
    ///   - configuration: The upstream, what may be called there, and the limits.
    ///   - logger: Where the bridge reports why the upstream gave no answer; never payloads, headers or paths.
    /// - Throws: `ProxyServerError` when the configuration makes no sense.
    public init(_ configuration: Configuration, logger: Logger) throws {
        rules = try RequestRules(configuration)
        upstream = Upstream(configuration)
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
        // AsyncHTTPClient ends the process when a client of it goes away without that.
        upstream.abandon()
    }

    /// Calls the upstream.
    ///
    /// - Throws: `CentrifugoError`, or `CancellationError` when the call is cancelled, as is the HTTP request then.
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

    /// What a method of a client without data becomes.
    package enum Preview: Sendable {
        case allowed(verb: String, url: String, rule: String)
        /// Refused with this error code.
        case refused(Int)
    }

    /// Tells what a method would become, without a request to the upstream.
    ///
    /// - Throws: `ProxyServerError` when the configuration makes no sense.
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
        // Cancelled instead of asked, it closes them as well.
        try? await gracefulShutdown()
        await shutdown()
    }

    /// Closes all connections, for whoever runs the bridge without a `ServiceGroup`; later calls are refused with 503.
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
            let answer = try await upstream.answer(to: request, within: limit)
            status = answer.status
            let json = try answer.json()
            count(.answered)
            return json
        } catch let failure as BridgeError {
            // The rule and not the path, which clients fill.
            var metadata: Logger.Metadata = ["rule": "\(rule)", "error": "\(failure.reason ?? "")"]
            if let status { metadata["status"] = "\(status)" }
            throttles[failure.outcome]?.warn(logger, "the HTTP bridge has no answer", metadata: metadata)
            throw failure
        }
    }

    /// The time for a call, so that its answer is back before Centrifugo gives up.
    static func timeLimit(_ timeout: Duration, remaining: Duration?) -> Duration {
        guard let remaining else { return timeout }
        return min(timeout, remaining - min(.milliseconds(50), remaining / 10))
    }

    private func count(_ outcome: BridgeOutcome) {
        counters[outcome]?.increment()
    }
}
#endif
