import NIOCore
import NIOHTTP1

/// Serves the requests of one connection, one after the other.
final class AdminConnection: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart

    private let answers: AdminAnswers
    private let requestTimeout: TimeAmount
    private let answerTimeout: TimeAmount
    private var head: HTTPRequestHead?
    private var timer: Scheduled<Void>?
    /// Whether the last answer is given, and only the peer's end is awaited.
    private var isOver = false

    init(_ answers: AdminAnswers, _ limits: AdminServer.Limits) {
        self.answers = answers
        requestTimeout = TimeAmount(limits.requestTimeout)
        answerTimeout = TimeAmount(limits.answerTimeout)
    }

    func handlerAdded(context: ChannelHandlerContext) {
        closeAfter(requestTimeout, context.channel)
    }

    func channelInactive(context: ChannelHandlerContext) {
        timer?.cancel()
        context.fireChannelInactive()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !isOver else { return }
        switch unwrapInboundIn(data) {
        case .head(let head):
            self.head = head
            let length = head.headers["content-length"].contains { $0 != "0" }
            // At once: a peer with `expect: 100-continue` waits for it.
            if length || head.headers.contains(name: "transfer-encoding") { refuseBody(context) }
        case .body: refuseBody(context)
        case .end:
            guard let head else { return }
            self.head = nil
            let channel = context.channel
            closeAfter(answerTimeout, channel)
            let loop = NIOLoopBound((handler: self, context: context), eventLoop: context.eventLoop)
            Task { [answers] in
                let answer = await answers.answer(head)
                channel.eventLoop.execute { loop.value.handler.answer(answer, to: head, loop.value.context) }
            }
        }
    }

    /// Nothing here takes a body: it is discarded, and the connection ends.
    private func refuseBody(_ context: ChannelHandlerContext) {
        guard let head else { return }
        self.head = nil
        isOver = true
        answer(AdminAnswer(.payloadTooLarge, "no request here has a body"), to: head, context, closes: true)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }

    private func answer(
        _ answer: AdminAnswer,
        to request: HTTPRequestHead,
        _ context: ChannelHandlerContext,
        closes: Bool = false
    ) {
        guard context.channel.isActive else { return }
        let keepsAlive = request.isKeepAlive && !closes
        var headers = HTTPHeaders([
            ("content-type", answer.contentType), ("content-length", "\(answer.body.count)"),
            ("cache-control", "no-store"), ("connection", keepsAlive ? "keep-alive" : "close"),
        ])
        for field in answer.fields { headers.add(name: field.name, value: field.value) }
        let head = HTTPResponseHead(version: .http1_1, status: answer.status, headers: headers)
        context.write(NIOAny(HTTPServerResponsePart.head(head)), promise: nil)
        if request.method != .HEAD {
            let body = context.channel.allocator.buffer(bytes: answer.body)
            context.write(NIOAny(HTTPServerResponsePart.body(.byteBuffer(body))), promise: nil)
        }
        let loop = NIOLoopBound((handler: self, context: context), eventLoop: context.eventLoop)
        closeAfter(answerTimeout, context.channel)
        context.writeAndFlush(NIOAny(HTTPServerResponsePart.end(nil))).whenComplete { _ in
            let (handler, context) = loop.value
            if keepsAlive {
                handler.closeAfter(handler.requestTimeout, context.channel)
            } else {
                handler.isOver = true
                context.close(mode: .output, promise: nil)
                handler.closeAfter(RequestSizeLimit.linger, context.channel)
            }
        }
    }

    /// Closes the channel after a time, unless this is called again before.
    private func closeAfter(_ time: TimeAmount, _ channel: any Channel) {
        timer?.cancel()
        timer = channel.eventLoop.scheduleTask(in: time) { channel.close(promise: nil) }
    }
}

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

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        received = 0
        context.write(data, promise: promise)
    }
}
