package import HTTP2Transport

extension ProxyServer {
    /// An address to listen on: a TCP address, a Unix domain socket, or a socket that was passed to the process.
    public struct Listener: Hashable, Sendable {
        package let address: HTTP2Transport.Listener.Address
        package let tls: TLS?

        /// Listens on a host's TCP port.
        ///
        /// - Parameters:
        ///   - host: A host name or an IPv4 or IPv6 address; `0.0.0.0` and `::` mean all addresses of the machine.
        ///   - port: The port; with 0 the system chooses one.
        ///   - tls: The certificate to serve with; nil serves plaintext.
        /// - Returns: The listener.
        public static func tcp(host: String = "127.0.0.1", port: Int, tls: TLS? = nil) -> Listener {
            Listener(address: .tcp(host: host, port: port), tls: tls)
        }

        /// Listens on a Unix domain socket; Centrifugo's endpoint is then `unix:///path`.
        ///
        /// Replaces the socket file of a process that has ended.
        ///
        /// - Parameters:
        ///   - path: The socket's file, of at most 100 bytes.
        ///   - mode: The file's mode; users that may write to the file may connect.
        ///   - tls: The certificate to serve with; nil serves plaintext.
        /// - Returns: The listener.
        public static func unixSocket(path: String, mode: UInt16 = 0o660, tls: TLS? = nil) -> Listener {
            Listener(address: .unixSocket(path: path, mode: mode), tls: tls)
        }

        /// Listens on a stream socket that is already bound.
        ///
        /// - Parameters:
        ///   - descriptor: The socket's file descriptor; the server closes it when it stops.
        ///   - tls: The certificate to serve with; nil serves plaintext.
        /// - Returns: The listener.
        public static func descriptor(_ descriptor: Int32, tls: TLS? = nil) -> Listener {
            Listener(address: .descriptor(descriptor), tls: tls)
        }

        /// The sockets that systemd's socket activation passes (sd_listen_fds(3): `LISTEN_PID`, `LISTEN_FDS`).
        ///
        /// - Parameter tls: The certificate to serve with; nil serves plaintext.
        /// - Returns: A listener for each of them.
        /// - Throws: ``ProxyServerError`` when there are none.
        public static func inherited(tls: TLS? = nil) throws -> [Listener] {
            guard let descriptors = SocketDescriptor.inherited() else {
                throw ProxyServerError(
                    .invalidConfiguration,
                    "No sockets were passed: LISTEN_FDS or LISTEN_PID is missing; start the server by a systemd  "
                        + "socket unit, or give it an address."
                )
            }
            return descriptors.map { .descriptor($0, tls: tls) }
        }
    }

    /// The certificate of a listener, as PEM files.
    ///
    /// Serves TLS 1.2 and 1.3, with HTTP/2 by ALPN. The files are read again when they change; open connections keep
    /// their certificate.
    public struct TLS: Hashable, Sendable {
        /// The file of the server's certificate, followed by the intermediate certificates up to its CA.
        public var certificateChain: String
        /// The file of the certificate's private key, without a passphrase.
        public var privateKey: String
        /// The file of the CAs whose certificates peers must present (mutual TLS); nil asks peers for none.
        public var clientCA: String?

        /// Makes the certificate of a listener.
        ///
        /// - Parameters:
        ///   - certificateChain: The file of the server's certificate, followed by the intermediate ones up to its CA.
        ///   - privateKey: The file of the certificate's private key, without a passphrase.
        ///   - clientCA: The file of the CAs whose certificates peers must present; nil asks peers for none.
        public init(certificateChain: String, privateKey: String, clientCA: String? = nil) {
            self.certificateChain = certificateChain
            self.privateKey = privateKey
            self.clientCA = clientCA
        }

        package var files: TLSFiles {
            TLSFiles(certificateChain: certificateChain, privateKey: privateKey, clientCA: clientCA)
        }
    }

    /// An address that a running server listens on.
    public struct Address: Hashable, Sendable, CustomStringConvertible {
        /// The TCP port; nil for a Unix domain socket.
        public let port: Int?
        /// `ip:port`, `[ip]:port`, or the path of a Unix domain socket.
        public let description: String

        package init(_ address: ListeningSocket.Address) {
            port = address.port
            description = address.text
        }
    }
}
