#if HTTPBridge
import CentrifugoProxy

/// The headers of requests, and the sources of their values.
struct UpstreamHeaders {
    private let fixed: [(name: String, value: String)]
    private let forwarded: [String]
    private let userHeader: String?
    private let clientHeader: String?

    /// Checks that each header may be set and has only one source.
    init(_ configuration: HTTPBridge.Configuration) throws(ProxyServerError) {
        try self.init(
            fixed: configuration.headers,
            forwarded: configuration.forwardedMetadata,
            userHeader: configuration.userHeader,
            clientHeader: configuration.clientHeader
        )
    }

    /// The same for headers of these sources.
    init(
        fixed: [String: String],
        forwarded names: [String],
        userHeader: String? = nil,
        clientHeader: String? = nil
    ) throws(ProxyServerError) {
        forwarded = names.map { $0.lowercased() }
        self.userHeader = userHeader?.lowercased()
        self.clientHeader = clientHeader?.lowercased()
        let own = fixed.map { (name: $0.key.lowercased(), value: $0.value) }
        var seen: Set<String> = []
        for name in own.map(\.name) + [self.userHeader, self.clientHeader].compactMap({ $0 }) + forwarded {
            try Self.check(name)
            // Applications behind CGI cannot tell the two characters apart, and a client must not set a header that the
            // bridge guarantees.
            guard seen.insert(Self.comparable(name)).inserted else {
                throw Self.invalid("the header \(name) has more than one source")
            }
        }
        for (name, value) in own where !Self.isValue(value) {
            throw Self.invalid("the value of \(name) has a control character, or a leading or trailing space")
        }
        let usual = [("accept", "application/json"), ("user-agent", "centrifugo-proxy")]
        self.fixed = usual.filter { !seen.contains($0.0) } + own.sorted { $0.name < $1.name }
    }

    /// The headers for a call's request.
    ///
    /// - Throws: ``BridgeError`` when a value cannot be that of a header.
    func headers(for request: RPCRequest, _ context: CallContext) throws(BridgeError) -> [(String, String)] {
        var headers = fixedHeaders
        if let userHeader, !request.user.isEmpty { headers.append((userHeader, request.user)) }
        if let clientHeader, !request.client.isEmpty { headers.append((clientHeader, request.client)) }
        headers += try forwardedHeaders(of: context)
        guard headers.allSatisfy({ Self.isValue($0.1) }) else { throw .badRequest }
        return headers
    }

    /// The headers of every request.
    var fixedHeaders: [(String, String)] { fixed.map { ($0.name, $0.value) } }

    /// The headers from a call's metadata.
    ///
    /// - Throws: ``BridgeError`` when a value cannot be that of a header.
    func forwardedHeaders(of context: CallContext) throws(BridgeError) -> [(String, String)] {
        var headers: [(String, String)] = []
        for name in forwarded {
            for value in context.metadata.bytes(name) {
                guard let text = String(validating: value, as: UTF8.self), Self.isValue(text) else { throw .badRequest }
                headers.append((name, text))
            }
        }
        return headers
    }

    /// Whether a value arrives unchanged: receivers trim spaces at its ends, which could turn it into another user's
    /// id.
    private static func isValue(_ value: String) -> Bool {
        let bytes = value.utf8
        return bytes.first != 0x20 && bytes.last != 0x20 && !bytes.contains(where: \.isControl)
    }

    private static func check(_ name: String) throws(ProxyServerError) {
        // RFC 9110 §5.6.2: token.
        guard !name.isEmpty, name.utf8.allSatisfy({ $0.isLetterOrDigit || "!#$%&'*+-.^_`|~".utf8.contains($0) }) else {
            throw invalid("\"\(name)\" is not a header name")
        }
        let plain = comparable(name)
        guard !reserved.contains(plain), !reservedPrefixes.contains(where: { plain.hasPrefix($0) }) else {
            throw invalid("the header \(name) belongs to the connection or the body and cannot be configured")
        }
    }

    private static func comparable(_ name: String) -> String {
        String(name.map { $0 == "_" ? "-" : $0 })
    }

    // RFC 9110 §7.6.1, and headers that frame a message, name its host or promise something that the bridge does not
    // do.
    private static let reserved: Set = [
        "accept-encoding", "connection", "expect", "host", "http2-settings", "keep-alive", "range", "te", "trailer",
        "transfer-encoding", "upgrade",
    ]
    private static let reservedPrefixes = ["content-", "grpc-", "proxy-"]

    private static func invalid(_ reason: String) -> ProxyServerError {
        ProxyServerError(.invalidConfiguration, "The headers of requests cannot be configured: \(reason).")
    }
}
#endif
