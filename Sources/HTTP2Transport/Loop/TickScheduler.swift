import NIOCore

/// Schedules at most one tick of a loop at a time.
///
/// The event loop serves its sockets and timers only when it has no task left, so a tick that always scheduled the next
/// one would starve them. Consecutive ticks therefore take at most a turn's time; then the next one waits.
final class TickScheduler {
    private enum Stage {
        /// No tick is running: the loop does other work, such as the jobs of a handler that uses its executor.
        case outside
        /// Input is being handled, and a tick may follow; to `outside`.
        case input
        /// A tick is running; to `outside`.
        case tick
    }

    // Long enough that it is not due when the loop searches for its next tasks, even on a slow machine.
    private static let socketsTurn = TimeAmount.microseconds(200)

    /// Runs a tick at a time, and returns whether all work is done, and when the tick ended.
    ///
    /// Set once, when the loop's part of the server exists.
    var tick: (UInt64) -> (isDone: Bool, end: UInt64) = { (true, $0) }
    /// Set with `tick`: the object that `tick` must keep alive.
    var owner: () -> AnyObject? = { nil }
    private let eventLoop: any EventLoop
    private let turn: UInt64
    private var isScheduled = false
    private var stage = Stage.outside
    /// Whether a tick was requested while one was running.
    var isWantedAgain = false
    /// When the first of the current run of consecutive ticks began.
    private var rowBegan: UInt64?

    init(eventLoop: any EventLoop, turn: UInt64) {
        self.eventLoop = eventLoop
        self.turn = turn
    }

    /// Whether a tick is running, which also handles what is done now; being on the loop does not imply that.
    var isTicking: Bool { stage == .tick }

    func schedule() {
        guard stage == .outside else {
            isWantedAgain = true
            return
        }
        guard !isScheduled else { return }
        isScheduled = true
        eventLoop.execute(next())
    }

    /// Handles what was read at `start`; if that took less than a turn's time, runs the tick that it requests directly
    /// after it.
    ///
    /// For input that nothing else can share a tick with. It saves a task of the event loop.
    func run(behind input: () -> Void, from start: UInt64) {
        guard stage == .outside, !isScheduled else { return input() }
        stage = .input
        isWantedAgain = false
        input()
        stage = .outside
        guard isWantedAgain else { return }
        let now = ServerLoop.clock
        if now - start < turn { run(at: now) } else { schedule() }
    }

    private func run(at start: UInt64) {
        isScheduled = false
        isWantedAgain = false
        stage = .tick
        let (isDone, end) = tick(start)
        stage = .outside
        if isDone, !isWantedAgain {
            rowBegan = nil
        } else if isDone, end - (rowBegan ?? start) < turn {
            rowBegan = rowBegan ?? start
            schedule()
        } else {
            rowBegan = nil
            scheduleBehindSockets()
        }
    }

    private func scheduleBehindSockets() {
        isScheduled = true
        eventLoop.scheduleTask(in: Self.socketsTurn, next())
    }

    /// The next tick, retaining what it needs: the server may release its loop's part before it runs.
    private func next() -> @Sendable () -> Void {
        let next = LoopConfined((task: self, owner: owner()))
        return { withExtendedLifetime(next.value.owner) { next.value.task.run(at: ServerLoop.clock) } }
    }
}
