import HTTP2Framing
package import NIOCore

extension HTTP2Connection {
    // The most bytes that the session takes at once; ordinary reads are smaller.
    private static let portion = 16 * 1_024

    /// Stops reading while the peer leaves our bytes unread, or while its own bytes wait here, so that it cannot make
    /// us hold ever more of either.
    package func read(context: ChannelHandlerContext) {
        guard context.channel.isWritable, backlog == nil, !isInputLate else {
            isReadHeld = true
            return
        }
        context.read()
    }

    /// Resumes reading once the reason that made `read(context:)` stop is gone.
    func resumeReading() {
        guard isReadHeld, backlog == nil, !isInputLate, let context, context.channel.isWritable else { return }
        isReadHeld = false
        context.read()
    }

    /// Handles what was read since the last tick.
    func takeInput() {
        guard let buffer = input.take() else { return }
        isInputLate = false
        take(buffer)
        resumeReading()
    }

    /// Handles received bytes; when the turn's time is over, the rest waits.
    func take(_ buffer: ByteBuffer) {
        // Without the last condition, each further portion of a foreign protocol would be reported again.
        guard phase != .lingering, phase != .securing, !session.prefaceFailed else { return }
        clocks?.heardPeer(at: lastRead)
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
            session.receive(UnsafeRawBufferPointer(rebasing: bytes[..<length]), now: lastRead)
            // Inside the closure, because a request's body may still lie in these bytes.
            return takeEvents()
        }
        // For the same reason they stay in place until the last event is taken; a buffer that is shared is never
        // written to.
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

    /// Takes events until the turn's time is over.
    /// - Returns: Whether all have been taken.
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
    /// Takes waiting events, or else the next portion of the waiting bytes.
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
