// Turns: how long one connection, one piece of work or a whole tick may go on before others have theirs.

extension ServerLoop {
    // Bytes of peers' messages that are worked on between two checks of the clock. In the worst case, empty elements,
    // they take 0.2 ms.
    private static let bytesAtOnce = 4_096

    /// Counts bytes that a peer has sent, or makes us send, and checks the clock now and then.
    package func worked(on bytes: Int) {
        unseenBytes += bytes
        guard unseenBytes >= Self.bytesAtOnce else { return }
        unseenBytes = 0
        if Self.clock >= turnEnd { isTurnOver = true }
    }

    func beginTurn(at now: UInt64, lasting time: UInt64) {
        let (end, overflow) = now.addingReportingOverflow(time)
        turnEnd = overflow ? .max : end
        isTurnOver = false
    }

    /// Queues `work`, which is done chunk by chunk in this tick and later ones, in turns with other work; it must not be
    /// queued already.
    package func submit(_ work: any ChunkedWork) {
        works.append(work)
        scheduleTick()
    }
}
