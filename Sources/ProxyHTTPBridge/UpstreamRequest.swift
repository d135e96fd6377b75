#if HTTPBridge
import CentrifugoProxy

/// The HTTP request for a client's call.
struct UpstreamRequest {
    let verb: HTTPVerb
    let url: String
    private(set) var headers: [(String, String)]
    /// nil without a body, which differs from an empty one.
    let body: [UInt8]?

    /// The request with the headers of a trace, in place of those that a client may have sent.
    func continuing(_ trace: [(name: String, value: String)]) -> UpstreamRequest {
        var request = self
        // All of a client's, also those that this trace does not have.
        let own = Set(trace.map(\.name) + ["traceparent", "tracestate"])
        request.headers.removeAll { own.contains($0.0.lowercased()) }
        request.headers += trace.map { ($0.name, $0.value) }
        return request
    }
}

/// The checked configuration, which turns clients' calls into requests.
struct RequestRules {
    private let baseURL: BaseURL
    private let allowed: [AllowedCall]
    private let headers: UpstreamHeaders
    private let maxSize: Int

    /// - Throws: `ProxyServerError` when the configuration is invalid.
    init(_ configuration: HTTPBridge.Configuration) throws(ProxyServerError) {
        baseURL = try BaseURL(configuration.baseURL)
        allowed = try configuration.allowed.map { text throws(ProxyServerError) in try AllowedCall(text) }
        headers = try UpstreamHeaders(configuration)
        maxSize = configuration.maxRequestSize
    }

    /// Makes the request for a call, and returns the rule that allows it.
    ///
    /// - Throws: ``BridgeError`` when no request may be sent.
    func request(
        for call: RPCRequest,
        _ context: CallContext
    ) throws(BridgeError) -> (request: UpstreamRequest, rule: String) {
        guard let target = UpstreamTarget(method: call.method) else { throw .badRequest }
        guard let rule = allowed.first(where: { $0.allows(target) }) else { throw .notAllowed }
        guard let payload = try? call.payload.bytes else { throw .badRequest }
        guard payload.count <= maxSize else { throw .tooLarge }
        guard payload.isEmpty || JSONSyntax.isValid(payload) else { throw .badRequest }
        // Clients that call without data send this.
        let isNone = payload.isEmpty || payload.drop(while: \.isJSONSpace).first == UInt8(ascii: "n")

        var query = [target.query].compactMap { $0 }
        var headers = try headers.headers(for: call, context)
        var body: [UInt8]?
        if !isNone {
            if target.verb.takesBody {
                body = payload
                headers.append(("content-type", "application/json"))
            } else {
                query += try QueryParameters(payload).pairs
            }
        }
        let url = baseURL.url(of: target.path, query: query)
        guard url.utf8.count + (body?.count ?? 0) <= maxSize else { throw .tooLarge }
        return (UpstreamRequest(verb: target.verb, url: url, headers: headers, body: body), rule.text)
    }
}
#endif
