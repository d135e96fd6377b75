import NIOCore

/// Ends connections whose request line and header fields are too large, with 431 (RFC 6585 §5).
///
/// Before the HTTP decoder, which would keep them: bytes are counted from one answer to the next.
final class RequestSizeLimit: ChannelDuplexHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer
    typealias OutboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    // A peer that still sends gets the answer before the end: closing at once would reset its connection.
    static let linger = TimeAmount.seconds(1)
    private static let refusal =
        "HTTP/1.1 431 Request Header Fields Too Large\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"

    private let limit: Int
    private var received = 0
    private var isOver = false

    init(_ limit: Int) {
        self.limit = limit
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !isOver else { return }
        received += unwrapInboundIn(data).readableBytes
        guard received > limit else { return context.fireChannelRead(data) }
        isOver = true
        let loop = NIOLoopBound(context, eventLoop: context.eventLoop)
        context.writeAndFlush(wrapOutboundOut(context.channel.allocator.buffer(string: Self.refusal)))
            .whenComplete { _ in
                loop.value.close(mode: .output, promise: nil)
                let channel = loop.value.channel
                channel.eventLoop.scheduleTask(in: Self.linger) { channel.close(promise: nil) }
            }
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        // The connection would be closed for it, perhaps before the refusal is sent.
        if isOver, event as? ChannelEvent == .inputClosed { return }
        context.fireUserInboundEventTriggered(event)
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        received = 0
        context.write(data, promise: promise)
    }
}
