/// An address to listen on, with its TLS.
package struct Listener: Sendable {
    package enum Address: Hashable, Sendable {
        case tcp(host: String, port: Int)
        /// A Unix domain socket and the mode of its file.
        case unixSocket(path: String, mode: UInt16)
        /// A socket that was bound before this process began.
        case descriptor(Int32)
    }

    package let address: Address
    /// nil listens in plaintext.
    package let tls: TLSContext?

    package init(_ address: Address, tls: TLSContext? = nil) {
        self.address = address
        self.tls = tls
    }
}

extension Listener.Address: CustomStringConvertible {
    /// The address for logs and error messages.
    package var description: String {
        switch self {
        case .tcp(let host, let port): "\(host) port \(port)"
        case .unixSocket(let path, _): "the Unix socket \(path)"
        case .descriptor(let descriptor): "descriptor \(descriptor)"
        }
    }
}
