// The tick: one round of reading, serving and writing for all connections of the loop.

/// Watches the ticks of a loop, on it.
package protocol TickObserver: AnyObject {
    /// A tick has ended: its answers are written.
    ///
    /// - Parameters:
    ///   - start: When it began, in nanoseconds of `ServerLoop.clock`.
    ///   - end: When its answers were written.
    ///   - wasHeld: Whether it took so long that others had to wait.
    func tickEnded(from start: UInt64, to end: UInt64, wasHeld: Bool)
}

extension ServerLoop {
    // Jobs of tasks that run between two checks of the clock.
    private static let jobsAtOnce = 8
    // Nanoseconds; a longer tick has a line in the log.
    private static let longestTick: UInt64 = 100_000_000

    func scheduleTick() {
        tickTask.value.schedule()
    }

    /// Runs a tick, which ends at the latest when its turn does.
    ///
    /// - Returns: Whether nothing is left to do, and when the tick ended.
    func tick(from start: UInt64) -> (isDone: Bool, end: UInt64) {
        let began = start
        let start = takeInput(from: start) ? Self.clock : start
        var workTime = start - began
        var isDone = false
        var hasDoneChunk = false
        beginTurn(at: start, lasting: turn)
        handlerClock.begin(at: start)
        repeat {
            isDone = executor.runJobs(atMost: Self.jobsAtOnce) {
                handlerClock.skip()
                return isTurnOver
            }
            // What jobs have asked for is done below.
            tickTask.value.isWantedAgain = false
            // Even while jobs are left: busy streams do not keep calls from their handlers.
            if startWorkers() { isDone = false }
            // After the calls: chunked work brings more of them, and a call must not wait for all that a peer has sent.
            if isDone {
                hasDoneChunk = true
                isDone = !doChunk(&workTime)
                handlerClock.skip()
            }
        } while (!isDone || tickTask.value.isWantedAgain) && Self.clock - start < turn
        // Even when calls have taken the whole turn.
        if !hasDoneChunk, doChunk(&workTime) { isDone = false }
        swap(&toWrite, &writing)
        for connection in writing { connection.frame() }
        for connection in writing { connection.write() }
        writing.removeAll(keepingCapacity: true)
        ended.removeAll(keepingCapacity: true)
        startAfterTick()
        let end = Self.clock
        let wasHeld = end - began > Self.longestTick
        if wasHeld { warnOfHold(for: end - began, ofWhichWork: workTime) }
        observer?.tickEnded(from: began, to: end, wasHeld: wasHeld)
        // Input that was read during the tick is still to be parsed.
        return (isDone && toTake.isEmpty, end)
    }

    /// Lets connections parse what they have read, as long as their turn lasts.
    /// - Returns: Whether there were any.
    private func takeInput(from start: UInt64) -> Bool {
        guard !toTake.isEmpty else { return false }
        beginTurn(at: start, lasting: turn)
        swap(&toTake, &taking)
        for (index, connection) in taking.enumerated() {
            if isTurnOver {
                for late in taking[index...] { late.isInputLate = true }
                toTake.insert(contentsOf: taking[index...], at: 0)
                break
            }
            connection.takeInput()
        }
        taking.removeAll(keepingCapacity: true)
        return true
    }

    /// Does a chunk of the work that has waited longest.
    ///
    /// - Parameter time: The nanoseconds that it takes are added.
    /// - Returns: Whether work is left; calls that the chunk has brought schedule themselves.
    private func doChunk(_ time: inout UInt64) -> Bool {
        guard let work = works.popFirst() else { return false }
        let start = Self.clock
        beginTurn(at: start, lasting: turn / 4)
        if work.doChunk() { works.append(work) }
        let end = Self.clock
        time += end - start
        // Others have a full turn for the rest of the tick.
        beginTurn(at: end, lasting: turn)
        return !works.isEmpty
    }

    /// Lets a tick run soon, unless one is running.
    package func wantTick() {
        if !tickTask.value.isTicking { scheduleTick() }
    }

    // MARK: What connections ask for

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
