#if HTTPBridge
import CentrifugoProxy

/// Where the upstream is: scheme, host, port, and the path below which all calls stay.
struct BaseURL {
    /// All of it, without a slash at the end.
    private let prefix: String

    /// Reads `http://host:port/path` or the same with `https`.
    init(_ text: String) throws(ProxyServerError) {
        let bytes = Array(text.utf8)
        guard let scheme = ["http://", "https://"].first(where: { text.lowercased().hasPrefix($0) }) else {
            throw Self.invalid("it begins neither with http:// nor with https://")
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
            throw Self.invalid("it has no host, or one that cannot be reached")
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

    /// Whether what is behind the host is nothing or a port; brackets hold the colons of an IPv6 address.
    private static func hasPort(_ authority: ArraySlice<UInt8>) -> Bool {
        let host = authority.lastIndex(of: UInt8(ascii: "]")).map { $0 + 1 } ?? authority.startIndex
        guard let colon = authority[host...].firstIndex(of: UInt8(ascii: ":")) else { return true }
        guard let port = UInt16(String(decoding: authority[(colon + 1)...], as: UTF8.self)) else { return false }
        return port > 0
    }

    private static func invalid(_ reason: String) -> ProxyServerError {
        // Without the URL: its path or its password may be a secret.
        ProxyServerError(.invalidConfiguration, "The HTTP bridge cannot use its base URL: \(reason).")
    }
}
#endif
