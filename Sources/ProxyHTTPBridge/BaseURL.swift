#if HTTPBridge
import CentrifugoProxy

/// The upstream's address: scheme, host, port, and the path that all calls start with.
struct BaseURL {
    /// The whole URL, without a trailing slash.
    private let prefix: String

    /// Parses `http://host:port/path`, or the same with `https`.
    init(_ text: String) throws(ProxyServerError) {
        let bytes = Array(text.utf8)
        guard let scheme = ["http://", "https://"].first(where: { text.lowercased().hasPrefix($0) }) else {
            throw Self.invalid("it must begin with http:// or https://")
        }
        let rest = bytes[scheme.utf8.count...]
        let end = rest.firstIndex(of: UInt8(ascii: "/")) ?? rest.endIndex
        let authority = rest[..<end]
        guard !authority.contains(UInt8(ascii: "@")) else {
            throw Self.invalid("it has a user or password; send credentials as a header")
        }
        guard !authority.isEmpty, authority.allSatisfy({ $0.isLetterOrDigit || "-._[]:".utf8.contains($0) }),
            authority.first != UInt8(ascii: ":"), Self.hasPort(authority)
        else {
            throw Self.invalid("it has no valid host")
        }
        guard let path = UpstreamPath(rest[end...]) else {
            throw Self.invalid("its path has dot segments, empty segments, a query or a fragment")
        }
        let directory = path.segments.last?.isEmpty == true ? String(path.encoded.dropLast()) : path.encoded
        prefix = scheme + String(decoding: authority, as: UTF8.self) + (directory.isEmpty ? "" : "/\(directory)")
    }

    /// The URL of a call, with a query of encoded parts.
    func url(of path: UpstreamPath, query: [String]) -> String {
        "\(prefix)/\(path.encoded)" + (query.isEmpty ? "" : "?\(query.joined(separator: "&"))")
    }

    /// Whether the text after the host is empty or a port; brackets enclose the colons of an IPv6 address.
    private static func hasPort(_ authority: ArraySlice<UInt8>) -> Bool {
        let host = authority.lastIndex(of: UInt8(ascii: "]")).map { $0 + 1 } ?? authority.startIndex
        guard let colon = authority[host...].firstIndex(of: UInt8(ascii: ":")) else { return true }
        guard let port = UInt16(String(decoding: authority[(colon + 1)...], as: UTF8.self)) else { return false }
        return port > 0
    }

    private static func invalid(_ reason: String) -> ProxyServerError {
        // Without the URL, whose path or password may be a secret.
        ProxyServerError(.invalidConfiguration, "The HTTP bridge cannot use its base URL: \(reason).")
    }
}
#endif
