import HTTP2Framing
package import NIOCore

extension HTTP2Connection {
    // From one look at the clock to the next; ordinary reads are smaller.
    private static let portion = 16 * 1_024

    /// Reads no more while the peer leaves our bytes unread or bytes of its own wait, so that it cannot make us hold ever
    /// more of either.
    package func read(context: ChannelHandlerContext) {
        guard context.channel.isWritable, backlog == nil else {
            isReadHeld = true
            return
        }
        context.read()
    }

    /// Reads again what `read(context:)` held back, when there is no more reason to.
    func resumeReading() {
        guard isReadHeld, backlog == nil, let context, context.channel.isWritable else { return }
        isReadHeld = false
        context.read()
    }

    /// Takes what was read since the last tick.
    func takeInput() {
        if let buffer = input.take() { take(buffer) }
    }

    /// Takes what was read; after a turn's time, the rest waits.
    func take(_ buffer: ByteBuffer) {
        // Without the last condition, each further portion of a foreign protocol would be reported again.
        guard phase != .lingering, phase != .securing, !session.prefaceFailed else { return }
        clocks?.heardPeer(at: receivedAt)
        var input = buffer
        guard backlog == nil else {
            backlog?.writeBuffer(&input)
            return
        }
        repeat {
            takePortion(of: &input)
        } while input.readableBytes > 0 && ServerLoop.clock - receivedAt < loop.turn
        finishTaking()
        if session.prefaceFailed {
            let foreign = ForeignProtocol(firstBytes: buffer.readableBytesView)
            table.reports.speaks(foreign, onTLSPort: false, peer: peerAddress)
        }
        guard input.readableBytes > 0 else { return }
        backlog = input
        loop.submit(self)
    }

    private func takePortion(of input: inout ByteBuffer) {
        let length = min(input.readableBytes, Self.portion)
        input.withUnsafeReadableBytes { bytes in
            session.receive(UnsafeRawBufferPointer(rebasing: bytes[..<length]), now: receivedAt)
            // Inside, because a request's body may still lie in these bytes.
            takeEvents()
        }
        input.moveReaderIndex(forwardBy: length)
    }

    private func finishTaking() {
        if session.wantsWrite || session.isFinished { writeLater() }
        clocks?.setIdle(session.openStreams == 0)
    }

    func takeEvents() {
        while let event = session.nextEvent() {
            switch event {
            case .pong: noticeHasArrived()
            case .settings: clocks?.handshakeDone()
            default: delegate?.received(event, on: self)
            }
        }
    }
}

extension HTTP2Connection: LoopWork {
    /// Takes a portion of what waits.
    package func proceed() -> Bool {
        // The connection may have ended meanwhile.
        guard var input = backlog, phase != .lingering else {
            backlog = nil
            return false
        }
        backlog = nil
        takePortion(of: &input)
        finishTaking()
        guard context != nil, input.readableBytes > 0 else {
            resumeReading()
            return false
        }
        backlog = input
        return true
    }
}
