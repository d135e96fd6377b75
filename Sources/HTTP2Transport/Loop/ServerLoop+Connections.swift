// What connections ask of the loop: to take what they have read, and to write.

extension ServerLoop {
    /// Lets `connection` parse what it has read at the beginning of the next tick.
    func takeLater(_ connection: HTTP2Connection) {
        toTake.append(connection)
        scheduleTick()
    }

    /// Runs `input`, which parses what the only connection with input has read at `start`, and then the tick.
    func takeNow(from start: UInt64, _ input: () -> Void) {
        beginTurn(at: start, lasting: turn)
        tickTask.value.run(behind: input, from: start)
    }

    /// Lets `connection` write once, at the end of this tick.
    func writeLater(_ connection: HTTP2Connection) {
        toWrite.append(connection)
        scheduleTick()
    }

    /// Whether `connection` alone has something to write, and no call waits that might change that.
    func isNextToWrite(only connection: HTTP2Connection) -> Bool {
        toWrite.count == 1 && toWrite[0] === connection && !queues.contains(where: \.hasWaiting)
    }
}
