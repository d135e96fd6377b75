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

/// The PEM files of a client's TLS.
package struct ClientTLS: Sendable {
    /// The CAs that may have signed the server's certificate; nil takes the system's.
    package var serverCA: String?
    /// The client's certificate chain and its private key; nil presents none.
    package var certificateChain: String?
    package var privateKey: String?

    package init(serverCA: String? = nil, certificateChain: String? = nil, privateKey: String? = nil) {
        self.serverCA = serverCA
        self.certificateChain = certificateChain
        self.privateKey = privateKey
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
