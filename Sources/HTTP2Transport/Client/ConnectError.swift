import NIOCore
import NIOPosix

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// Why a server cannot be called, and what to change, as the end of a sentence.
package struct ConnectError: Error, CustomStringConvertible {
    package let description: String

    static let silence = "it does not answer; check the address, and any firewall in between"
    static let reset = "the server reset the connection"

    package init(_ description: String) {
        self.description = description
    }

    package init(_ error: any Error) {
        description = Self.explain(error)
    }

    /// Puts an error of NIO or BoringSSL into words for the user.
    static func explain(_ error: any Error) -> String {
        switch error {
        case let error as NIOConnectionError:
            if let attempt = error.connectionErrors.first { return explain(attempt.error) }
            return "the host name \(error.host) is not known; check its spelling, or use an IP address"
        case let error as IOError: return explain(number: error.errnoCode)
        case ChannelError.connectTimeout: return silence
        case ChannelError.ioOnClosedChannel, ChannelError.alreadyClosed: return "the server closed the connection"
        case let error as ConnectError: return error.description
        case is SocketAddressError: return "the socket's path is longer than a Unix socket's may be"
        default: return explainTLS("\(error)")
        }
    }

    private static func explain(number: Int32) -> String {
        switch number {
        case ECONNREFUSED: "nothing listens there; start the server, or choose another address"
        case ENOENT: "there is no such socket; start the server, or choose another path"
        case EACCES: "this user may not connect to it; check the mode of the socket's file"
        case ECONNRESET: reset
        default: String(cString: strerror(number))
        }
    }

    /// What to change when TLS fails, by BoringSSL's name for the failure.
    private static let fixes = [
        ("uncleanShutdown", "the server closed the connection"),
        ("WRONG_VERSION_NUMBER", "the server does not speak TLS; call it without"),
        (
            "CERTIFICATE_VERIFY_FAILED",
            "the server's certificate is not signed by the CA, or has expired; is the CA the right one?"
        ),
        ("failedToValidateHostname", "the server's certificate does not name this host"),
        ("unableToValidateCertificate", "the server's certificate cannot be checked; is the CA the right one?"),
        ("CERTIFICATE_REQUIRED", "the server requires a client certificate; give one with its private key"),
        ("UNKNOWN_CA", "the server does not accept the client's certificate: the server's client CA has not signed it"),
    ]

    private static func explainTLS(_ text: String) -> String {
        fixes.first { text.contains($0.0) }?.1 ?? text
    }
}
