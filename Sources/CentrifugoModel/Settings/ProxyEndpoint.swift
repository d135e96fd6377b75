/// A proxy's target, as Centrifugo reads its `endpoint`.
package enum ProxyEndpoint: Sendable, Equatable {
    /// gRPC to a host and port.
    case tcp(host: String, port: Int)
    /// gRPC to a host without a port; gRPC then uses 443.
    case withoutPort(host: String)
    /// gRPC through one of grpc-go's own resolvers, such as `unix:///path`.
    case resolved(scheme: String, address: String)
    /// A URL of an HTTP server.
    case http(String)
    /// Not set.
    case missing
    /// Set in another place, such as a Kubernetes Secret.
    case hidden
    /// An invalid port number: Centrifugo starts, but each call fails.
    case noSuchPort(String)
    /// An address that gRPC cannot use: Centrifugo starts, but each call fails.
    case unusable(String)
    /// Not a URL: Centrifugo does not start.
    case malformed(String)

    /// Schemes that grpc-go resolves.
    private static let resolvers = ["dns", "unix", "unix-abstract", "passthrough", "ipv4", "ipv6", "xds", "vsock"]

    package init(_ text: String) {
        if text.isEmpty {
            self = .missing
        } else if text == ConfigurationSource.hiddenText {
            self = .hidden
        } else if text.first?.isWhitespace == true {
            self = .unusable("the endpoint begins with a space")
        } else if text.hasPrefix("http://") || text.hasPrefix("https://") {
            self = .http(text)
        } else if text.hasPrefix("grpc://") {
            self.init(authorityOf: text.dropFirst("grpc://".count))
        } else if let colon = text.firstIndex(of: ":"), Self.resolvers.contains(String(text[..<colon])) {
            let address = text[text.index(after: colon)...]
            self = .resolved(scheme: String(text[..<colon]), address: String(address))
        } else if let scheme = text.firstMatch(of: /^([A-Za-z][A-Za-z0-9+.\-]*):\/\//) {
            self = .unusable("Centrifugo does not know \(scheme.1):// and passes it on as a host's name")
        } else {
            self.init(hostAndPort: text[...])
        }
    }

    /// `user:password@host:port/path`, of which host and port matter.
    private init(authorityOf rest: Substring) {
        let authority = rest.prefix { !"/?#".contains($0) }
        let hostAndPort = authority.lastIndex(of: "@").map { authority[authority.index(after: $0)...] } ?? authority
        let (host, port) = Self.split(hostAndPort)
        let isHost = host.allSatisfy { !" \"<>{}|\\^`$".contains($0) && ($0.asciiValue ?? 0x80) > 0x20 }
        guard isHost else {
            self = .malformed("\"\(host)\" is not the name of a host")
            return
        }
        // Go's net/url: the port of a URL consists of digits.
        guard port?.allSatisfy({ $0.isASCII && $0.isNumber }) ?? true else {
            self = .malformed("\"\(port ?? "")\" is not a port")
            return
        }
        self.init(hostAndPort: hostAndPort)
    }

    private init(hostAndPort text: Substring) {
        let (host, port) = Self.split(text)
        guard let port else {
            self =
                host.contains(where: { " \"${}".contains($0) })
                ? .unusable("\"\(text)\" is not host:port") : .withoutPort(host: host)
            return
        }
        // Only an address in brackets may have a colon in the host.
        let isHost = (text.hasPrefix("[") || !host.contains(":")) && !host.contains { "/\" ".contains($0) }
        guard isHost, let number = Int(port) else {
            self = .unusable("\"\(text)\" is not host:port")
            return
        }
        guard (1...65_535).contains(number) else {
            self = .noSuchPort(port)
            return
        }
        self = .tcp(host: host, port: number)
    }

    /// The host without brackets, and the text after the following colon.
    private static func split(_ text: Substring) -> (host: String, port: String?) {
        let afterAddress = text.lastIndex(of: "]").map { text[$0...] } ?? text
        guard let colon = afterAddress.lastIndex(of: ":") else { return (bare(text), nil) }
        return (bare(text[..<colon]), String(text[text.index(after: colon)...]))
    }

    private static func bare(_ host: Substring) -> String {
        host.hasPrefix("[") && host.hasSuffix("]") ? String(host.dropFirst().dropLast()) : String(host)
    }

    /// Whether calls go to an HTTP server, and therefore never to this one.
    package var isHTTP: Bool {
        guard case .http = self else { return false }
        return true
    }
}
