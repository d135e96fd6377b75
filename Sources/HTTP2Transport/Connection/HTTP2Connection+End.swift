import HTTP2Framing
import NIOCore

extension HTTP2Connection {
    // A peer that does not acknowledge the first GOAWAY is not waited for any longer; what it opens later is not served.
    private static let noticePatience = TimeAmount.seconds(10)
    // A peer that does not close its end of the connection is not waited for any longer.
    private static let closePatience = TimeAmount.seconds(1)

    /// Tells the peer to open no more streams; the connection closes after its last stream.
    func shutDown() {
        // Without HTTP/2 there is no way to say anything.
        if phase == .securing { return close() }
        guard phase == .open else { return }
        phase = .noticed
        // Two steps, so that a stream opened while the first GOAWAY travels is still served (RFC 9113 §6.8).
        session.announceShutdown()
        delegate?.drainBegan()
        writeLater()
        after(Self.noticePatience) { $0.noticeHasArrived() }
    }

    /// Shuts down a connection that has to go although the server stays; what is open then has its grace period, too.
    func drain() {
        guard phase == .open else { return }
        shutDown()
        after(TimeAmount(table.limits.drainGrace)) { $0.endNow() }
    }

    /// What the peer opened before it saw the first GOAWAY has arrived: it has acknowledged that.
    func noticeHasArrived() {
        guard phase == .noticed else { return }
        phase = .draining
        session.shutDown()
        writeLater()
    }

    /// Ends the connection: what is still open gets its last answer, then GOAWAY.
    func endNow() {
        if phase != .lingering {
            delegate?.gracePeriodOver()
            writePending()
            session.terminate(.noError)
            writePending()
        }
        // A peer that reads nothing would keep the last words here, and the server with them.
        after(Self.closePatience) { $0.close() }
    }

    /// Asks a silent peer for a sign of life.
    func probe() {
        session.ping()
        writeLater()
    }

    /// Closes the connection without another word.
    func close() {
        context?.close(promise: nil)
    }

    /// Closes our side, and the connection when the peer has closed its own: closing all at once would reset the
    /// connection if bytes are still on their way to us, and the peer could lose what it has not read.
    func linger() {
        guard phase != .lingering, let context else { return }
        phase = .lingering
        if let code = session.terminationCode, !session.prefaceFailed {
            table.reports.ended(code, reason: session.terminationReason, peer: peerAddress)
        }
        let written = loop.eventLoop.makePromise(of: Void.self)
        context.close(mode: .output, promise: written)
        // What the channel still holds is for the peer to read, in the time that unread bytes have.
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
