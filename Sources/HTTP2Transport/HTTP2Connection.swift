package import HTTP2Framing
import Logging
package import NIOCore

/// What takes a connection's events: one object per connection, on the connection's event loop.
package protocol HTTP2ConnectionDelegate: AnyObject {
    /// Takes one event; its header lists and bytes are valid only during this call.
    func received(_ event: HTTP2Event, on connection: HTTP2Connection)

    /// The connection takes no new streams any more: what would stay open for long comes to its end.
    func drainBegan()

    /// The server has no more time: what is still open gets its last answer now.
    func gracePeriodOver()

    /// The connection is gone, with every stream that was open.
    func connectionClosed()
}

/// One connection: feeds an `HTTP2Session` from its channel, and writes what the session has to send once per tick.
///
/// Confined to its event loop. Not Sendable, so that it cannot leave it unnoticed.
package final class HTTP2Connection: ChannelDuplexHandler {
    package typealias InboundIn = ByteBuffer
    package typealias InboundOut = Never
    package typealias OutboundIn = Never
    package typealias OutboundOut = ByteBuffer

    private enum Phase {
        /// Streams come and go; to `noticed` when the server shuts down, to `lingering` when the session is finished.
        case open
        /// The first GOAWAY is sent; to `draining` when it has arrived.
        case noticed
        /// The last GOAWAY is sent, open streams go on; to `lingering` when they are over.
        case draining
        /// All is sent; only the peer's end of the connection is waited for.
        case lingering
    }

    // What one write carries at most; more goes into the next one.
    private static let largestWrite = 256 * 1_024
    // A peer that does not answer the PING behind the first GOAWAY, or does not close, is not waited for any longer.
    private static let patience = TimeAmount.seconds(1)

    package let loop: ServerLoop
    /// The peer's address, as text for logs and handlers.
    package private(set) var peerAddress = "unknown"
    /// When the bytes of the current event were read, in nanoseconds of `ServerLoop.clock`.
    package private(set) var receivedAt: UInt64 = 0
    @exclusivity(unchecked) private var session: HTTP2Session
    private var delegate: (any HTTP2ConnectionDelegate)?
    private let makeDelegate: (HTTP2Connection) -> any HTTP2ConnectionDelegate
    private let onClose: (HTTP2Connection) -> Void
    private let maxAge: Duration?
    private var ageTimer: Scheduled<Void>?
    private var context: ChannelHandlerContext?
    @exclusivity(unchecked) private var output: ByteBuffer
    private var outputHint = 2_048
    private var isWaitingToWrite = false
    private var isReadHeld = false
    private var phase = Phase.open

    init(
        loop: ServerLoop,
        routes: HTTP2Routes,
        settings: HTTP2Settings,
        maxAge: Duration?,
        delegate: @escaping (HTTP2Connection) -> any HTTP2ConnectionDelegate,
        onClose: @escaping (HTTP2Connection) -> Void
    ) {
        self.loop = loop
        self.session = HTTP2Session(serverFor: routes, settings: settings)
        self.maxAge = maxAge
        self.makeDelegate = delegate
        self.onClose = onClose
        self.output = ByteBuffer()
    }

    package func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        if let address = context.channel.remoteAddress { peerAddress = Self.text(of: address) }
        delegate = makeDelegate(self)
        if context.channel.isActive { writeLater() }
        if let maxAge {
            // Jitter, so that connections that came together do not all leave together.
            let age = maxAge * Double.random(in: 0.9...1.1)
            let connection = LoopConfined(self)
            ageTimer = loop.eventLoop.scheduleTask(in: TimeAmount(age)) { connection.value.shutDown() }
        }
    }

    package func channelActive(context: ChannelHandlerContext) {
        writeLater()
    }

    package func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        // Without the second condition, each further portion of a foreign protocol would be reported again.
        guard phase != .lingering, !session.prefaceFailed else { return }
        let buffer = unwrapInboundIn(data)
        receivedAt = ServerLoop.clock
        buffer.withUnsafeReadableBytes { bytes in
            session.receive(bytes, now: receivedAt)
            // Inside, because a request's body may still lie in these bytes.
            takeEvents()
        }
        if session.wantsWrite || session.isFinished { writeLater() }
        if session.prefaceFailed { reportForeignProtocol(buffer) }
    }

    package func channelInactive(context: ChannelHandlerContext) {
        closed()
    }

    package func errorCaught(context: ChannelHandlerContext, error: any Error) {
        loop.logger.debug("connection failed", metadata: ["peer": "\(peerAddress)", "error": "\(error)"])
        context.close(promise: nil)
    }

    /// Reads no more while the peer leaves our bytes unread, so that it cannot make us hold ever more of them.
    package func read(context: ChannelHandlerContext) {
        guard context.channel.isWritable else {
            isReadHeld = true
            return
        }
        context.read()
    }

    package func channelWritabilityChanged(context: ChannelHandlerContext) {
        guard context.channel.isWritable else { return }
        writePending()
        if isReadHeld, context.channel.isWritable {
            isReadHeld = false
            context.read()
        }
    }

    private func takeEvents() {
        while let event = session.nextEvent() {
            if case .pong = event {
                noticeHasArrived()
            } else {
                delegate?.received(event, on: self)
            }
        }
    }

    private func closed() {
        guard context != nil else { return }
        context = nil
        ageTimer?.cancel()
        delegate?.connectionClosed()
        delegate = nil
        onClose(self)
    }

    private func reportForeignProtocol(_ buffer: ByteBuffer) {
        let isTLS = buffer.getInteger(at: buffer.readerIndex, as: UInt8.self) == 0x16
        loop.logger.warning(
            isTLS
                ? "a peer speaks TLS on this plaintext port; use grpc:// without tls there"
                : "a peer does not speak HTTP/2 with prior knowledge; is it a gRPC client?",
            metadata: ["peer": "\(peerAddress)"]
        )
    }

    private static func text(of address: SocketAddress) -> String {
        guard let ip = address.ipAddress, let port = address.port else { return address.pathname ?? "unknown" }
        return ip.contains(":") ? "[\(ip)]:\(port)" : "\(ip):\(port)"
    }
}

// MARK: - Answers

extension HTTP2Connection {
    /// Sends a whole response at the end of this tick.
    package func respond(
        to stream: HTTP2Stream,
        headers: HeaderFields,
        body: UnsafeRawBufferPointer,
        trailers: HeaderFields
    ) {
        _ = session.respond(to: stream, headers: headers, body: body, trailers: trailers)
        writeLater()
    }

    /// Sends a response without a body at the end of this tick.
    package func respond(to stream: HTTP2Stream, headersOnly headers: HeaderFields) {
        _ = session.respond(to: stream, headersOnly: headers)
        writeLater()
    }

    /// Resets a stream.
    package func reset(_ stream: HTTP2Stream, _ code: HTTP2ErrorCode) {
        session.reset(stream.id, code)
        writeLater()
    }

    /// Sends a response's headers; its body follows.
    package func startResponse(to stream: HTTP2Stream, headers: HeaderFields) {
        _ = session.startResponse(to: stream, headers: headers)
        writeLater()
    }

    /// Sends bytes of a response's body.
    /// - Returns: `full` when the producer should wait for `HTTP2Event.writable`.
    package func writeBody(_ bytes: UnsafeRawBufferPointer, to stream: HTTP2Stream) -> HTTP2Session.Submission {
        writeLater()
        return session.writeBody(bytes, to: stream.id)
    }

    /// Ends a response's body.
    package func endBody(of stream: HTTP2Stream, trailers: HeaderFields) {
        _ = session.endBody(of: stream.id, trailers: trailers)
        writeLater()
    }

    /// Gives back credit for bytes of a streaming body.
    package func consume(_ count: Int, of stream: HTTP2Stream) {
        session.consume(count, of: stream.id)
        writeLater()
    }

    private func writeLater() {
        guard !isWaitingToWrite, context != nil else { return }
        isWaitingToWrite = true
        loop.writeLater(self)
    }

    /// Writes what the session has to send, as far as the peer reads it.
    package func writePending() {
        isWaitingToWrite = false
        guard let context else { return }
        var wrote = false
        while context.channel.isWritable, session.wantsWrite {
            // The storage is ours again when the last write went out at once, and is then used again.
            output.clear(minimumCapacity: outputHint)
            let capacity = output.capacity
            let count = output.writeWithUnsafeMutableBytes(minimumWritableBytes: capacity) { session.write(into: $0) }
            takeEvents()
            guard count > 0 else { break }
            outputHint = count == capacity ? min(capacity * 2, Self.largestWrite) : max(outputHint, 2_048)
            context.write(wrapOutboundOut(output), promise: nil)
            wrote = true
        }
        if wrote { context.flush() }
        if session.isFinished { linger() }
    }
}

// MARK: - The end

extension HTTP2Connection {
    /// Tells the peer to open no more streams; the connection closes after its last stream.
    func shutDown() {
        guard phase == .open else { return }
        phase = .noticed
        // Two steps, so that a stream opened while the first GOAWAY travels is still served (RFC 9113 §6.8).
        session.announceShutdown()
        session.ping()
        delegate?.drainBegan()
        writeLater()
        afterPatience { $0.noticeHasArrived() }
    }

    /// What the peer opened before it saw the first GOAWAY has arrived: it has answered the PING behind that.
    private func noticeHasArrived() {
        guard phase == .noticed else { return }
        phase = .draining
        session.shutDown()
        writeLater()
    }

    /// Ends the connection: what is still open gets its last answer, then GOAWAY.
    func endNow() {
        guard phase != .lingering else { return }
        delegate?.gracePeriodOver()
        writePending()
        session.terminate(.noError)
        writePending()
        // A peer that reads nothing would keep the last words here, and the server with them.
        afterPatience { $0.context?.close(promise: nil) }
    }

    /// Closes our side, and the connection when the peer has closed its own: closing all at once would reset the
    /// connection if bytes are still on their way to us, and the peer could lose what it has not read.
    private func linger() {
        guard phase != .lingering else { return }
        phase = .lingering
        context?.close(mode: .output, promise: nil)
        afterPatience { $0.context?.close(promise: nil) }
    }

    private func afterPatience(_ action: @escaping (HTTP2Connection) -> Void) {
        let step = LoopConfined((connection: self, action: action))
        loop.eventLoop.scheduleTask(in: Self.patience) { step.value.action(step.value.connection) }
    }
}
