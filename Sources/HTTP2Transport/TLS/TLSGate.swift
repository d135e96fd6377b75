import NIOCore

/// Precedes the TLS handler until the first byte arrives: a peer that speaks another protocol is logged and
/// disconnected.
final class TLSGate: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer

    private let reports: PeerReports
    private var isClosed = false

    init(reports: PeerReports) {
        self.reports = reports
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !isClosed else { return }
        let bytes = unwrapInboundIn(data).readableBytesView
        if ForeignProtocol.isTLS(bytes) {
            context.fireChannelRead(data)
            context.pipeline.syncOperations.removeHandler(context: context, promise: nil)
        } else {
            isClosed = true
            let peer = HTTP2Connection.text(of: context.channel.remoteAddress)
            reports.speaks(ForeignProtocol(firstBytes: bytes), onTLSPort: true, peer: peer)
            context.close(promise: nil)
        }
    }
}
