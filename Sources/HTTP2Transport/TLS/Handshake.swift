import NIOCore

#if TLS
import NIOSSL

/// What the TLS handshake of a peer says.
enum Handshake {
    /// The names in the certificate that the peer presented; nil without one.
    static func peerNames(_ pipeline: ChannelPipeline) -> CertificateNames? {
        let handler = try? pipeline.syncOperations.handler(type: NIOSSLServerHandler.self)
        return handler?.peerCertificate.map { CertificateNames($0) }
    }

    /// Why a handshake failed and what to change; nil for other errors, and when the peer just closed the connection,
    /// as load balancers do to check that a port is open.
    static func failure(_ error: any Error) -> String? {
        guard case .handshakeFailed(let reason)? = error as? NIOSSLError else { return nil }
        if case .sslError(let stack) = reason, stack.contains(.eofDuringHandshake) { return nil }
        return explain("\(reason)")
    }

    /// What to change when a handshake fails, by BoringSSL's name for the failure.
    private static let fixes = [
        ("PEER_DID_NOT_RETURN_A_CERTIFICATE", "it showed no client certificate; give Centrifugo one in grpc.tls"),
        ("CERTIFICATE_VERIFY_FAILED", "its certificate is not signed by the client CA, or has expired"),
        ("UNKNOWN_CA", "it does not trust this server's certificate; give Centrifugo its CA in grpc.tls"),
        ("ALERT_BAD_CERTIFICATE", "it does not accept this server's certificate; does it name the endpoint's host?"),
        ("UNSUPPORTED_PROTOCOL", "it offers neither TLS 1.2 nor TLS 1.3"),
        ("NO_SHARED_CIPHER", "it offers no cipher suite that HTTP/2 allows"),
    ]

    private static func explain(_ reason: String) -> String {
        fixes.first { reason.contains($0.0) }?.1 ?? reason
    }
}
#else
/// There is none: this build has no TLS.
enum Handshake {
    static func peerNames(_ pipeline: ChannelPipeline) -> CertificateNames? { nil }

    static func failure(_ error: any Error) -> String? { nil }
}
#endif
