import NIOCore
import NIOHTTP1

/// Serves the requests of one connection, one after the other.
final class AdminConnection: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart

    private let answers: AdminAnswers
    private let others: AdminConnections
    private let requestTimeout: TimeAmount
    private let answerTimeout: TimeAmount
    private var channel: (any Channel)?
    private var head: HTTPRequestHead?
    private var timer: Scheduled<Void>?
    /// How many requests have no answer yet: two while the last part of one's answer is written, and the next one was there.
    private var pending = 0
    /// Whether the peer sends nothing more; it may read its answer still.
    private var isInputClosed = false
    /// Whether the last answer is given or on its way, and then only the peer's end is awaited.
    private var isOver = false

    init(_ answers: AdminAnswers, _ limits: AdminServer.Limits, among others: AdminConnections) {
        self.answers = answers
        self.others = others
        requestTimeout = TimeAmount(limits.requestTimeout)
        answerTimeout = TimeAmount(limits.answerTimeout)
    }

    /// Whether no complete request waits for its answer.
    var isIdle: Bool { pending == 0 }

    func close() {
        channel?.close(promise: nil)
    }

    func handlerAdded(context: ChannelHandlerContext) {
        channel = context.channel
        others.add(self)
        let loop = NIOLoopBound(self, eventLoop: context.eventLoop)
        context.channel.closeFuture.whenComplete { _ in loop.value.others.remove(loop.value) }
        closeAfter(requestTimeout, context.channel)
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        channel = nil
    }

    func channelInactive(context: ChannelHandlerContext) {
        timer?.cancel()
        context.fireChannelInactive()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if event as? ChannelEvent == .inputClosed {
            isInputClosed = true
            if isIdle { context.close(promise: nil) }
        }
        context.fireUserInboundEventTriggered(event)
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
            begin(context)
            let channel = context.channel
            let loop = NIOLoopBound((handler: self, context: context), eventLoop: context.eventLoop)
            Task { [answers] in
                let answer = await answers.answer(head)
                // Its loop may have ended with it.
                guard channel.isActive else { return }
                channel.eventLoop.execute { loop.value.handler.answer(answer, to: head, loop.value.context) }
            }
        }
    }

    /// Nothing here takes a body: it is discarded, and the connection ends.
    private func refuseBody(_ context: ChannelHandlerContext) {
        guard let head else { return }
        self.head = nil
        begin(context)
        answer(AdminAnswer(.payloadTooLarge, "no request here has a body"), to: head, context, closes: true)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }

    private func begin(_ context: ChannelHandlerContext) {
        pending += 1
        others.changed(self)
        closeAfter(answerTimeout, context.channel)
    }

    private func answer(
        _ answer: AdminAnswer,
        to request: HTTPRequestHead,
        _ context: ChannelHandlerContext,
        closes: Bool = false
    ) {
        guard context.channel.isActive else { return }
        isOver = isOver || closes || !request.isKeepAlive || isInputClosed || others.isDraining
        var headers = HTTPHeaders([
            ("content-type", answer.contentType), ("content-length", "\(answer.body.count)"),
            ("cache-control", "no-store"), ("connection", isOver ? "close" : "keep-alive"),
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
            loop.value.handler.answered(loop.value.context)
        }
    }

    /// An answer has been passed to the system.
    private func answered(_ context: ChannelHandlerContext) {
        pending -= 1
        guard pending == 0 else { return }
        others.changed(self)
        if isInputClosed {
            context.close(promise: nil)
        } else if isOver || others.isDraining {
            isOver = true
            context.close(mode: .output, promise: nil)
            closeAfter(RequestSizeLimit.linger, context.channel)
        } else {
            closeAfter(requestTimeout, context.channel)
        }
    }

    /// Closes the channel after a time, unless this is called again before.
    private func closeAfter(_ time: TimeAmount, _ channel: any Channel) {
        timer?.cancel()
        timer = channel.eventLoop.scheduleTask(in: time) { channel.close(promise: nil) }
    }
}
