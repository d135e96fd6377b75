import Logging
package import NIOCore
import NIOSSL
import NIOTLS

extension HTTP2Connection {
    package func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case .handshakeCompleted(let negotiated)? = event as? TLSUserEvent {
            secured(context: context, negotiated: negotiated)
        }
        context.fireUserInboundEventTriggered(event)
    }

    private func secured(context: ChannelHandlerContext, negotiated: String?) {
        guard phase == .securing else { return }
        guard negotiated == "h2" else {
            // RFC 9113 §3.2: ALPN is the only way to choose HTTP/2 over TLS.
            table.reports.handshakeFailed("it did not choose HTTP/2 by ALPN; is it a gRPC client?", peer: peerAddress)
            // Not at once: bytes that such a peer has already sent would reset the connection.
            return linger()
        }
        let tls = try? context.pipeline.syncOperations.handler(type: NIOSSLServerHandler.self)
        peerCertificate = tls?.peerCertificate.map { CertificateNames($0) }
        phase = .open
        begin()
    }

    package func errorCaught(context: ChannelHandlerContext, error: any Error) {
        if case .handshakeFailed(let reason)? = error as? NIOSSLError, !Self.isEndOfStream(reason) {
            table.reports.handshakeFailed(Self.explain("\(reason)"), peer: peerAddress)
        } else {
            loop.logger.debug("connection failed", metadata: ["peer": "\(peerAddress)", "error": "\(error)"])
        }
        context.close(promise: nil)
    }

    /// Whether the peer just closed the connection, as load balancers do to check that a port is open.
    private static func isEndOfStream(_ reason: BoringSSLError) -> Bool {
        guard case .sslError(let stack) = reason else { return false }
        return stack.contains(.eofDuringHandshake)
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
