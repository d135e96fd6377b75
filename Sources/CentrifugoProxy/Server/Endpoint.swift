/// The address of a server: `HOST:PORT`, or one of the forms of Centrifugo's option `endpoint`.
///
/// | form | meaning |
/// |---|---|
/// | `HOST:PORT`, `grpc://HOST:PORT`, `dns:///HOST:PORT` | TCP; an IPv6 address in brackets |
/// | `unix:///PATH`, `unix:PATH` | a Unix socket |
///
/// TLS is a separate option here, as in Centrifugo, so no form includes it.
package enum Endpoint: Hashable, Sendable {
    case tcp(host: String, port: Int)
    case unixSocket(path: String)

    /// Reads an endpoint.
    /// - Parameters:
    ///   - text: The text that a user wrote.
    ///   - ports: The ports that are allowed.
    /// - Throws: ``EndpointError``, which says what to write.
    package init(_ text: String, ports: ClosedRange<Int> = 1...65_535) throws(EndpointError) {
        if let path = Self.unixSocketPath(text) {
            guard !path.isEmpty else { throw EndpointError("write unix:///PATH, with the path of the socket") }
            self = .unixSocket(path: path)
            return
        }
        var rest = text[...]
        if let end = text.firstRange(of: "://") {
            let scheme = text[..<end.lowerBound]
            rest = text[end.upperBound...]
            switch scheme {
            case "grpc" where rest.hasPrefix("unix:"):
                throw EndpointError("write only \(rest), as in Centrifugo")
            case "grpc": break
            case "dns" where rest.hasPrefix("/"): rest = rest.dropFirst()
            default:
                throw EndpointError(
                    "write HOST:PORT, grpc://HOST:PORT or unix:///PATH, without \(scheme)://; TLS is a separate option"
                )
            }
        }
        guard let (host, port) = Self.hostAndPort(rest), ports ~= port else {
            throw EndpointError("write HOST:PORT, such as 127.0.0.1:10001 or [::1]:10001")
        }
        guard !host.isEmpty, host != "*" else {
            throw EndpointError("write 0.0.0.0:\(port) for all IPv4 addresses, [::]:\(port) for all, or one address")
        }
        self = .tcp(host: host, port: port)
    }

    /// The path in `unix:///PATH` or `unix:PATH`; nil for other texts.
    package static func unixSocketPath(_ text: String) -> String? {
        for prefix in ["unix://", "unix:"] where text.hasPrefix(prefix) { return String(text.dropFirst(prefix.count)) }
        return nil
    }

    /// Host and port, with an IPv6 address in brackets.
    private static func hostAndPort(_ text: Substring) -> (host: String, port: Int)? {
        guard let colon = text.lastIndex(of: ":") else { return nil }
        let digits = text[text.index(after: colon)...]
        guard digits.allSatisfy({ "0"..."9" ~= $0 }), let port = Int(digits) else { return nil }
        let host = text[..<colon]
        if host.hasPrefix("["), host.hasSuffix("]") { return (String(host.dropFirst().dropLast()), port) }
        return host.contains(where: { ":/@[] ".contains($0) }) ? nil : (String(host), port)
    }
}

/// What to write instead of a text that is not an endpoint: the end of a sentence, without its full stop.
package struct EndpointError: Error {
    /// What to write.
    package let advice: String

    package init(_ advice: String) {
        self.advice = advice
    }
}
