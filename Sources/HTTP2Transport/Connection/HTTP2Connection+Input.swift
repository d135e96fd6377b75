import HTTP2Framing
package import NIOCore

extension HTTP2Connection {
    // What the session takes at once; ordinary reads are smaller.
    private static let portion = 16 * 1_024

    /// Reads no more while the peer leaves our bytes unread or bytes of its own wait, so that it cannot make us hold ever
    /// more of either.
    package func read(context: ChannelHandlerContext) {
        guard context.channel.isWritable, backlog == nil, !isInputLate else {
            isReadHeld = true
            return
        }
        context.read()
    }

    /// Reads again what `read(context:)` held back, when there is no more reason to.
    func resumeReading() {
        guard isReadHeld, backlog == nil, !isInputLate, let context, context.channel.isWritable else { return }
        isReadHeld = false
        context.read()
    }

    /// Takes what was read since the last tick.
    func takeInput() {
        guard let buffer = input.take() else { return }
        isInputLate = false
        take(buffer)
        resumeReading()
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
            loop.worked(on: Self.portion)
        } while input.readableBytes > 0 && lent == nil && !loop.isTurnOver
        finishTaking()
        if session.prefaceFailed {
            let foreign = ForeignProtocol(firstBytes: buffer.readableBytesView)
            table.reports.speaks(foreign, onTLSPort: false, peer: peerAddress)
        }
        guard input.readableBytes > 0 || lent != nil else { return }
        backlog = input
        loop.submit(self)
    }

    private func takePortion(of input: inout ByteBuffer) {
        let length = min(input.readableBytes, Self.portion)
        session.setApplicationBytes(account.bytes)
        let isDone = input.withUnsafeReadableBytes { bytes in
            session.receive(UnsafeRawBufferPointer(rebasing: bytes[..<length]), now: receivedAt)
            // Inside, because a request's body may still lie in these bytes.
            return takeEvents()
        }
        // For the same reason they stay in place until the last event is taken: nobody writes into a buffer that is shared.
        if !isDone { lent = input }
        input.moveReaderIndex(forwardBy: length)
    }

    private func finishTaking() {
        if session.wantsWrite || session.isFinished { writeLater() }
        if let fault = session.takeRequestFault() { table.reports.reset(for: fault, peer: peerAddress) }
        let open = session.openStreams
        clocks?.setIdle(open == 0)
        guard open >= streamsToReport else { return }
        streamsToReport = .max
        table.reports.nearsStreamLimit(open, limit: table.settings.maxConcurrentStreams, peer: peerAddress)
    }

    /// Takes events for as long as the turn lasts.
    /// - Returns: Whether there are no more.
    func takeEvents() -> Bool {
        while let event = session.nextEvent() {
            switch event {
            case .noticeAcknowledged: noticeHasArrived()
            case .settings: clocks?.handshakeDone()
            default: delegate?.received(event, on: self)
            }
            if loop.isTurnOver { return false }
        }
        lent = nil
        return true
    }
}

extension HTTP2Connection: ChunkedWork {
    /// Takes events that wait, or else a portion of the bytes that wait.
    package func doChunk() -> Bool {
        // The connection may have ended meanwhile.
        guard var input = backlog, phase != .lingering else {
            backlog = nil
            return false
        }
        backlog = nil
        if lent != nil {
            _ = takeEvents()
        } else {
            takePortion(of: &input)
        }
        finishTaking()
        guard context != nil, input.readableBytes > 0 || lent != nil else {
            resumeReading()
            return false
        }
        backlog = input
        return true
    }
}
