import Logging
package import NIOCore
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
        peerCertificate = Handshake.peerNames(context.pipeline)
        phase = .open
        begin()
    }

    package func errorCaught(context: ChannelHandlerContext, error: any Error) {
        if let failure = Handshake.failure(error) {
            table.reports.handshakeFailed(failure, peer: peerAddress)
        } else {
            loop.logger.debug("connection failed", metadata: ["peer": "\(peerAddress)", "error": "\(error)"])
        }
        context.close(promise: nil)
    }
}
