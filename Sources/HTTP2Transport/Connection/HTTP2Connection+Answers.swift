package import HTTP2Framing
import NIOCore

extension HTTP2Connection {
    // The most bytes of one write; the rest goes into the next one.
    private static let largestWrite = 256 * 1_024

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

    /// Returns credit for bytes of a streaming body.
    package func consume(_ count: Int, of stream: HTTP2Stream) {
        session.consume(count, of: stream.id)
        writeLater()
    }

    func writeLater() {
        guard !isWaitingToWrite, context != nil else { return }
        isWaitingToWrite = true
        loop.writeLater(self)
    }

    /// Writes an answer at once when nothing else goes out in this tick, so that the peer does not wait for the
    /// clean-up that follows the call.
    package func writeIfAlone() {
        guard session.openStreams == 1, loop.isNextToWrite(only: self) else { return }
        fillOutput()
        writeOutput()
    }

    /// Writes what the session has to send, as long as the peer reads it.
    package func writePending() {
        frame()
        write()
    }

    /// The first step of a write: puts the session's frames into `output`.
    func frame() {
        isWaitingToWrite = false
        fillOutput()
    }

    /// The second step: writes `output`, and then what did not fit into it.
    func write() {
        guard phase != .securing, context != nil else { return }
        writeOutput()
        takeEventsOfWriting()
        resumeReading()
        clocks?.setIdle(session.openStreams == 0)
        if session.isFinished { linger() }
    }

    /// Takes the events that writing caused, if all earlier events have been taken.
    private func takeEventsOfWriting() {
        guard lent == nil, !takeEvents(), backlog == nil else { return }
        // The events that are left refer to no received bytes.
        lent = ByteBuffer()
        backlog = ByteBuffer()
        loop.submit(self)
    }

    private func fillOutput() {
        guard let context, phase != .securing, output.readableBytes == 0 else { return }
        guard context.channel.isWritable, session.wantsWrite else { return }
        // If the last write went out at once, the storage is no longer shared and can be reused.
        output.clear(minimumCapacity: outputHint)
        let capacity = output.capacity
        let count = output.writeWithUnsafeMutableBytes(minimumWritableBytes: capacity) { session.write(into: $0) }
        guard count > 0 else { return }
        outputHint = count == capacity ? min(capacity * 2, Self.largestWrite) : max(outputHint, 2_048)
    }

    private func writeOutput() {
        guard let context, output.readableBytes > 0 else { return }
        repeat {
            context.write(wrapOutboundOut(output), promise: nil)
            output.moveReaderIndex(to: output.writerIndex)
            fillOutput()
        } while output.readableBytes > 0
        // Not earlier: the channel would take ever more from a peer that reads as fast as we write.
        context.flush()
    }
}
