import NIOCore

/// A server to call.
package struct ClientTarget: Sendable {
    package enum Address: Sendable, Hashable {
        case tcp(host: String, port: Int)
        case unixSocket(path: String)
    }

    package var address: Address
    /// nil calls in plaintext.
    package var tls: ClientTLS?

    package init(_ address: Address, tls: ClientTLS? = nil) {
        self.address = address
        self.tls = tls
    }
}

extension ClientTarget.Address: CustomStringConvertible {
    /// The address for error messages.
    package var description: String {
        switch self {
        case .tcp(let host, let port): "\(host) port \(port)"
        case .unixSocket(let path): "the Unix socket \(path)"
        }
    }

    /// The request's `:authority`.
    package var authority: String {
        switch self {
        case .tcp(let host, let port): host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
        // As grpc-go does for Unix sockets.
        case .unixSocket: "localhost"
        }
    }
}

extension ClientTarget.Address {
    /// The name that the server's certificate must have; nil for IP addresses, which TLS cannot send (RFC 6066 §3).
    var serverName: String? {
        switch self {
        case .tcp(let host, _): (try? SocketAddress(ipAddress: host, port: 0)) == nil ? host : nil
        case .unixSocket: "localhost"
        }
    }
}
