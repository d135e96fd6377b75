import HTTP2Framing
import NIOCore

extension HTTP2Connection {
    // How long to wait for a peer to acknowledge the first GOAWAY; streams that it opens later are not served.
    private static let noticePatience = TimeAmount.seconds(10)
    // How long to wait for a peer to close its end of the connection.
    private static let closePatience = TimeAmount.seconds(1)

    /// Tells the peer to open no more streams; the connection closes after its last stream.
    func shutDown() {
        // Before HTTP/2 is negotiated, nothing can be said.
        if phase == .securing { return close() }
        guard phase == .open else { return }
        phase = .noticed
        // Two steps, so that a stream opened while the first GOAWAY travels is still served (RFC 9113 §6.8).
        session.announceShutdown()
        delegate?.drainBegan()
        writeLater()
        after(Self.noticePatience) { $0.noticeHasArrived() }
    }

    /// Shuts down a connection while the server goes on running; its open streams then have their grace period, too.
    func drain() {
        guard phase == .open else { return }
        shutDown()
        after(TimeAmount(table.limits.drainGrace)) { $0.endNow() }
    }

    /// The peer has acknowledged the first GOAWAY, so every stream that it opened before it saw that has arrived.
    func noticeHasArrived() {
        guard phase == .noticed else { return }
        phase = .draining
        session.shutDown()
        writeLater()
    }

    /// Ends the connection: open streams get their last answer, then GOAWAY follows.
    func endNow() {
        if phase != .lingering {
            delegate?.gracePeriodOver()
            writePending()
            session.terminate(.noError)
            writePending()
        }
        // A peer that reads nothing would keep these last bytes here, and with them the server.
        after(Self.closePatience) { $0.close() }
    }

    /// Sends a PING to a silent peer.
    func probe() {
        session.ping()
        writeLater()
    }

    /// Closes the connection without sending anything.
    func close() {
        context?.close(promise: nil)
    }

    /// Closes our side, and the whole connection once the peer has closed its side.
    ///
    /// Closing both at once would reset the connection if bytes were still on their way to us, and the peer could lose
    /// what it has not read.
    func linger() {
        guard phase != .lingering, let context else { return }
        phase = .lingering
        if let code = session.terminationCode, !session.prefaceFailed {
            table.reports.ended(code, reason: session.terminationReason, peer: peerAddress)
        }
        let written = loop.eventLoop.makePromise(of: Void.self)
        context.close(mode: .output, promise: written)
        // The peer may still read what the channel holds, within the time limit for unread bytes.
        clocks?.setUnread(true)
        let connection = LoopConfined(self)
        written.futureResult.whenComplete { _ in
            connection.value.after(Self.closePatience) { $0.close() }
        }
    }

    private func after(_ time: TimeAmount, _ action: @escaping (HTTP2Connection) -> Void) {
        let step = LoopConfined((connection: self, action: action))
        loop.eventLoop.scheduleTask(in: time) { step.value.action(step.value.connection) }
    }
}
