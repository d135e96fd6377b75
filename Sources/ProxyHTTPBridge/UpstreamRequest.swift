#if HTTPBridge
import CentrifugoProxy

/// The HTTP request that a client's call becomes.
struct UpstreamRequest {
    let verb: HTTPVerb
    let url: String
    let headers: [(String, String)]
    /// nil when there is none, as opposed to one of no bytes.
    let body: [UInt8]?
}

/// The checked configuration: turns clients' calls into requests.
struct RequestRules {
    private let baseURL: BaseURL
    private let allowed: [AllowedCall]
    private let headers: UpstreamHeaders
    private let maxSize: Int

    /// - Throws: `ProxyServerError` when the configuration makes no sense.
    init(_ configuration: HTTPBridge.Configuration) throws(ProxyServerError) {
        baseURL = try BaseURL(configuration.baseURL)
        allowed = try configuration.allowed.map { text throws(ProxyServerError) in try AllowedCall(text) }
        headers = try UpstreamHeaders(configuration)
        maxSize = configuration.maxRequestSize
    }

    /// Makes the request of a call, and tells which rule allows it.
    ///
    /// - Throws: ``BridgeError`` when nothing is to be sent.
    func request(
        for call: RPCRequest,
        _ context: CallContext
    ) throws(BridgeError) -> (request: UpstreamRequest, rule: String) {
        guard let target = UpstreamTarget(method: call.method) else { throw .badRequest }
        guard let rule = allowed.first(where: { $0.allows(target) }) else { throw .notAllowed }
        guard let payload = try? call.payload.bytes else { throw .badRequest }
        guard payload.count <= maxSize else { throw .tooLarge }
        guard payload.isEmpty || JSONSyntax.isValid(payload) else { throw .badRequest }
        // What clients send that were given no data.
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
