import HTTP2Framing
package import NIOCore
import NIOTLS

/// The client's side of an HTTP/2 connection: many requests at a time.
///
/// Confined to the channel's event loop.
package final class HTTP2ClientConnection: ChannelInboundHandler {
    package typealias InboundIn = ByteBuffer
    package typealias OutboundOut = ByteBuffer

    /// How many streams are opened before the server has said how many it allows.
    private static let firstStreams = 100

    private var session = HTTP2Session(clientWith: HTTP2Settings())
    private var streams: [Int32: ClientStream] = [:]
    private weak var owner: (any ClientConnectionOwner)?
    private let isOverTLS: Bool
    private let keepAlive: KeepAlive?
    private let greetingTimeout: TimeAmount?
    private var greetingTimer: Scheduled<Void>?
    private var keepAliveTimer: KeepAliveTimer?
    /// While the handler is in its pipeline.
    private var context: ChannelHandlerContext?
    private var hasBegun = false
    /// Whether the server has sent its SETTINGS.
    package private(set) var isHeard = false
    private var takesNoMore = false
    private var isFlushWanted = false
    private var failure: String?
    private var greeting = ServerGreeting()

    /// Makes the handler of a channel that is connected.
    ///
    /// - Parameters:
    ///   - isOverTLS: Whether the channel has a TLS handler.
    ///   - keepAlive: How the connection finds out that the server is gone; nil sends no PING.
    ///   - greetingTimeout: How long the server may take for its first bytes of HTTP/2; nil waits for ever.
    ///   - owner: Who gives it streams.
    package init(
        isOverTLS: Bool,
        keepAlive: KeepAlive? = nil,
        greetingTimeout: TimeAmount? = nil,
        owner: (any ClientConnectionOwner)? = nil
    ) {
        self.isOverTLS = isOverTLS
        self.keepAlive = keepAlive
        self.greetingTimeout = greetingTimeout
        self.owner = owner
    }

    /// How many more streams it takes now.
    package var room: Int {
        guard hasBegun, !takesNoMore else { return 0 }
        return (isHeard ? session.allowedStreams : Self.firstStreams) - session.openStreams
    }

    /// Sends a stream's request.
    /// - Returns: false when the connection takes no more, for good.
    package func open(_ stream: ClientStream) -> Bool {
        guard !takesNoMore, let id = session.startRequest(headers: stream.headers) else {
            // The identifiers of a connection are used up after 2^30 requests (RFC 9113 §5.1.1).
            drain()
            return false
        }
        streams[id] = stream
        stream.opened(on: self, as: id)
        wantFlush()
        return true
    }

    /// Takes no more streams, and closes when the last one is over.
    package func drain() {
        takesNoMore = true
        wantFlush()
    }

    /// Ends all streams and closes.
    package func end(_ reason: String) {
        guard let context else { return }
        failure = reason
        takesNoMore = true
        loseStreams(reason)
        session.terminate(.noError)
        flush(context)
        context.close(promise: nil)
    }

    // MARK: The channel

    package func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        if let greetingTimeout {
            greetingTimer = context.eventLoop.assumeIsolated().scheduleTask(in: greetingTimeout) { [weak self] in
                if let self, !isHeard { end(ConnectError.silence) }
            }
        }
        // In plaintext at once, since the channel is connected by then; over TLS, after the handshake.
        if !isOverTLS { begin() }
    }

    package func handlerRemoved(context: ChannelHandlerContext) {
        self.context = nil
    }

    package func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case .handshakeCompleted(let negotiated)? = event as? TLSUserEvent {
            if negotiated == "h2" {
                begin()
            } else {
                // RFC 9113 §3.2
                failure = "the server does not offer HTTP/2 by ALPN; is it a gRPC server?"
                context.close(promise: nil)
            }
        }
        context.fireUserInboundEventTriggered(event)
    }

    package func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var input = unwrapInboundIn(data)
        if let mistake = input.withUnsafeReadableBytes({ greeting.read($0) }) {
            failure = mistake
            return context.close(promise: nil)
        }
        keepAliveTimer?.noteRead()
        let length = input.readableBytes
        input.withUnsafeReadableBytes { bytes in
            session.receive(bytes, now: ServerLoop.clock)
            takeEvents()
        }
        input.moveReaderIndex(forwardBy: length)
    }

    package func channelReadComplete(context: ChannelHandlerContext) {
        flush(context)
        context.fireChannelReadComplete()
    }

    package func channelWritabilityChanged(context: ChannelHandlerContext) {
        if context.channel.isWritable { flush(context) }
        context.fireChannelWritabilityChanged()
    }

    package func channelInactive(context: ChannelHandlerContext) {
        keepAliveTimer?.stop()
        greetingTimer?.cancel()
        let hint = isOverTLS ? "; does it want a certificate?" : "; does it want TLS?"
        let isUnexplained = failure == nil || failure == ConnectError.reset
        let said = failure ?? "the server closed the connection"
        let reason = isUnexplained && !isHeard ? said + hint : said
        takesNoMore = true
        loseStreams(reason)
        owner?.ended(self, reason: reason)
        context.fireChannelInactive()
    }

    private func loseStreams(_ reason: String) {
        let lost = streams.sorted { $0.key < $1.key }
        streams = [:]
        for (_, stream) in lost {
            if let owner, !isHeard, stream.waitsForServer {
                stream.returned()
                owner.returned(stream, by: self, .unheard)
            } else {
                stream.tell(.lost(reason))
            }
        }
    }

    package func errorCaught(context: ChannelHandlerContext, error: any Error) {
        if failure == nil { failure = ConnectError.explain(error) }
        context.close(promise: nil)
    }

    private func begin() {
        hasBegun = true
        if let keepAlive, let context {
            keepAliveTimer = KeepAliveTimer(keepAlive, on: context.eventLoop, of: self)
        }
        wantFlush()
        tellRoom()
    }

    /// Asks by PING whether the server is still there; false when nobody waits for it.
    func ask() -> Bool {
        guard !streams.isEmpty, isHeard else { return false }
        session.ping()
        wantFlush()
        return true
    }

    // MARK: Streams

    func send(_ bytes: [UInt8], isLast: Bool, on id: Int32) {
        // A stream that is full keeps what it was given: its owner limits what all streams hold.
        _ = bytes.withUnsafeBytes { session.writeBody($0, to: id) }
        if isLast { _ = session.endBody(of: id) }
        wantFlush()
    }

    func consume(_ count: Int, of id: Int32) {
        session.consume(count, of: id)
        wantFlush()
    }

    func cancel(_ id: Int32) {
        guard streams.removeValue(forKey: id) != nil else { return }
        session.reset(id, .cancel)
        wantFlush()
    }

    private func takeEvents() {
        while let event = session.nextEvent() {
            switch event {
            case .opened(let stream, _, let headers): streams[stream.id]?.tell(.headers(CopiedHeaders(headers)))
            case .data(let stream, let bytes): streams[stream.id]?.tell(.body(Array(bytes)))
            case .ended(let stream, let trailers): answerEnded(stream.id, CopiedHeaders(trailers))
            case .closed(let stream, let code): closed(stream.id, code)
            case .goAway(_, let code): serverGoesAway(code)
            case .settings:
                // The first frame of a server (RFC 9113 §3.4); other events may be of this side's making.
                isHeard = true
                tellRoom()
            default: break
            }
        }
    }

    private func answerEnded(_ id: Int32, _ trailers: CopiedHeaders) {
        guard let stream = streams.removeValue(forKey: id) else { return }
        // The answer is whole, and nobody reads what may be left of the request (RFC 9113 §8.1).
        session.reset(id, .cancel)
        stream.tell(.ended(trailers: trailers))
        tellRoom()
    }

    private func closed(_ id: Int32, _ code: HTTP2ErrorCode) {
        // Also of a stream that this side has left: only now others can have its place.
        defer { tellRoom() }
        guard let stream = streams.removeValue(forKey: id) else { return }
        if code == .refusedStream, let owner, !stream.isAnswered {
            stream.returned()
            owner.returned(stream, by: self, .refused)
        } else {
            stream.tell(.reset(code))
        }
    }

    private func tellRoom() {
        if !takesNoMore { owner?.hasRoom(self) }
    }

    private func serverGoesAway(_ code: HTTP2ErrorCode) {
        if code != .noError { failure = "the server ended the connection: \(code)" }
        takesNoMore = true
        // nghttp2 closes the streams above the last one as refused.
        owner?.goesAway(self, code)
    }

    // MARK: Writing

    /// Flushes once for all that is asked in this turn of the event loop.
    private func wantFlush() {
        guard !isFlushWanted, let context else { return }
        isFlushWanted = true
        context.eventLoop.assumeIsolated().execute { [weak self] in
            guard let self else { return }
            isFlushWanted = false
            if let context = self.context { flush(context) }
        }
    }

    private func flush(_ context: ChannelHandlerContext) {
        guard hasBegun else {
            if takesNoMore, streams.isEmpty { context.close(promise: nil) }
            return
        }
        writePending(context)
        if let code = session.terminationCode {
            if failure == nil { failure = "the server broke the rules of HTTP/2: \(code)" }
            takesNoMore = true
            return context.close(promise: nil)
        }
        guard session.isFinished || (takesNoMore && streams.isEmpty) else { return }
        // RFC 9113 §6.8: the last frame of a connection that is no longer used.
        if !session.isFinished {
            session.terminate(.noError)
            writePending(context)
        }
        context.close(promise: nil)
    }

    private func writePending(_ context: ChannelHandlerContext) {
        guard context.channel.isActive else { return }
        // What a server does not read stays in the session, which limits its answers to PING and SETTINGS.
        while session.wantsWrite, context.channel.isWritable {
            var output = context.channel.allocator.buffer(capacity: 16_384)
            let count = output.writeWithUnsafeMutableBytes(minimumWritableBytes: 16_384) { session.write(into: $0) }
            takeEvents()
            guard count > 0 else { break }
            context.write(wrapOutboundOut(output), promise: nil)
        }
        context.flush()
    }
}
