import HTTP2Framing
import NIOCore
import NIOSSL
import NIOTLS

/// Feeds a client's session from its channel, and sends one request on it.
///
/// Confined to the channel's event loop.
final class HTTP2ClientHandler: ChannelDuplexHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundIn = Never
    typealias OutboundOut = ByteBuffer

    private var session = HTTP2Session(clientWith: HTTP2Settings())
    private let request: HeaderFields
    private let answers: AsyncStream<HTTP2Exchange.Answer>.Continuation
    private let isOverTLS: Bool
    private var streamID: Int32?
    /// Commands that arrived before the connection could take them.
    private var early: [HTTP2Exchange.Command]
    /// Whether the last answer has been delivered.
    private var isOver = false
    private var failure: String?
    private var greeting = ServerGreeting()
    /// Whether the server has sent any HTTP/2.
    private var isHeard = false

    /// Makes the handler of a channel that is connected.
    ///
    /// - Parameters:
    ///   - request: The request's headers.
    ///   - first: The commands that follow them at once.
    ///   - isOverTLS: Whether the channel has a TLS handler.
    ///   - answers: Takes the answers.
    init(
        request: HeaderFields,
        first: [HTTP2Exchange.Command] = [],
        isOverTLS: Bool,
        answers: AsyncStream<HTTP2Exchange.Answer>.Continuation
    ) {
        self.request = request
        early = first
        self.isOverTLS = isOverTLS
        self.answers = answers
    }

    /// Begins at once in plaintext, since the channel is connected by then; over TLS, after the handshake.
    func handlerAdded(context: ChannelHandlerContext) {
        if !isOverTLS { begin(context) }
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case .handshakeCompleted(let negotiated)? = event as? TLSUserEvent {
            if negotiated == "h2" {
                begin(context)
            } else {
                // RFC 9113 §3.2
                end(.lost("the server does not offer HTTP/2 by ALPN; is it a gRPC server?"), context)
            }
        }
        context.fireUserInboundEventTriggered(event)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var input = unwrapInboundIn(data)
        if let mistake = input.withUnsafeReadableBytes({ greeting.read($0) }) {
            return end(.lost(mistake), context)
        }
        let length = input.readableBytes
        input.withUnsafeReadableBytes { bytes in
            session.receive(bytes, now: ServerLoop.clock)
            takeEvents(context)
        }
        input.moveReaderIndex(forwardBy: length)
        writePending(context)
    }

    func triggerUserOutboundEvent(context: ChannelHandlerContext, event: Any, promise: EventLoopPromise<Void>?) {
        guard let command = event as? HTTP2Exchange.Command else {
            return context.triggerUserOutboundEvent(event, promise: promise)
        }
        promise?.succeed()
        if streamID == nil, !isOver, case .send = command {
            early.append(command)
        } else {
            obey(command, context)
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        let hint = isOverTLS ? "; does it want a certificate?" : "; does it want TLS?"
        let isUnexplained = failure == nil || failure == ConnectError.reset
        let reason = failure ?? "the server closed the connection"
        tell(.lost(isUnexplained && !isHeard ? reason + hint : reason))
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        failure = ConnectError.explain(error)
        context.close(promise: nil)
    }

    /// Opens the stream, and sends the commands that waited for it.
    private func begin(_ context: ChannelHandlerContext) {
        guard let id = session.startRequest(headers: request) else {
            return end(.lost("the connection takes no streams"), context)
        }
        streamID = id
        for command in early { obey(command, context) }
        early = []
        writePending(context)
    }

    private func obey(_ command: HTTP2Exchange.Command, _ context: ChannelHandlerContext) {
        switch command {
        case .send(let bytes, let isLast):
            guard !isOver, let streamID else { return }
            _ = bytes.withUnsafeBytes { session.writeBody($0, to: streamID) }
            if isLast { _ = session.endBody(of: streamID) }
            writePending(context)
        case .taken(let count):
            guard !isOver, let streamID else { return }
            session.consume(count, of: streamID)
            writePending(context)
        case .leave(let reason):
            end(.left(reason), context)
        }
    }

    private func takeEvents(_ context: ChannelHandlerContext) {
        while let event = session.nextEvent() {
            isHeard = true
            switch event {
            case .opened(_, _, let headers): answers.yield(.headers(CopiedHeaders(headers)))
            case .data(_, let bytes): answers.yield(.body(Array(bytes)))
            case .ended(_, let trailers): tell(.ended(trailers: CopiedHeaders(trailers)))
            case .closed(_, let code): tell(.reset(code))
            case .goAway(_, let code) where code != .noError: failure = "the server ended the connection: \(code)"
            default: break
            }
        }
    }

    /// Delivers the last answer, once.
    private func tell(_ answer: HTTP2Exchange.Answer) {
        guard !isOver else { return }
        isOver = true
        answers.yield(answer)
        answers.finish()
    }

    private func end(_ answer: HTTP2Exchange.Answer, _ context: ChannelHandlerContext) {
        if !isOver, let streamID { session.reset(streamID, .cancel) }
        tell(answer)
        writePending(context)
    }

    private func writePending(_ context: ChannelHandlerContext) {
        flush(context)
        guard isOver || session.isFinished else { return }
        // RFC 9113 §6.8: the last frame of a connection that is no longer used.
        if streamID != nil, !session.isFinished {
            session.terminate(.noError)
            flush(context)
        }
        context.close(promise: nil)
    }

    private func flush(_ context: ChannelHandlerContext) {
        while session.wantsWrite {
            var output = context.channel.allocator.buffer(capacity: 16_384)
            let count = output.writeWithUnsafeMutableBytes(minimumWritableBytes: 16_384) { session.write(into: $0) }
            takeEvents(context)
            guard count > 0 else { break }
            context.write(wrapOutboundOut(output), promise: nil)
        }
        context.flush()
    }
}
