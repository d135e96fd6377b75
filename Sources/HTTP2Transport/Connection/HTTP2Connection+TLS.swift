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
            // RFC 9113 §3.2: HTTP/2 over TLS is chosen by ALPN, and by nothing else.
            table.reports.handshakeFailed("it did not choose HTTP/2 by ALPN; is it a gRPC client?", peer: peerAddress)
            // Not at once: what such peers say before they know would reset the connection.
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

    /// Whether a peer just went away, as load balancers do that only want to know whether a port is open.
    private static func isEndOfStream(_ reason: BoringSSLError) -> Bool {
        guard case .sslError(let stack) = reason else { return false }
        return stack.contains(.eofDuringHandshake)
    }

    /// The mends of what goes wrong in practice, by BoringSSL's name for it.
    private static let mends = [
        ("PEER_DID_NOT_RETURN_A_CERTIFICATE", "it showed no client certificate; give Centrifugo one in grpc.tls"),
        ("CERTIFICATE_VERIFY_FAILED", "its certificate is not of the client CA, or has expired"),
        ("UNKNOWN_CA", "it does not trust this server's certificate; give Centrifugo its CA in grpc.tls"),
        ("ALERT_BAD_CERTIFICATE", "it does not accept this server's certificate; does it name the endpoint's host?"),
        ("UNSUPPORTED_PROTOCOL", "it offers neither TLS 1.2 nor TLS 1.3"),
        ("NO_SHARED_CIPHER", "it offers no cipher suite that HTTP/2 allows"),
    ]

    private static func explain(_ reason: String) -> String {
        mends.first { reason.contains($0.0) }?.1 ?? reason
    }
}
