import NIOCore

/// Schedules at most one tick of a loop at a time.
///
/// The event loop looks at its sockets and timers only when it has no task left: a tick that always asked for the next one
/// would keep it from them for ever. So ticks in a row take a turn's time at most, and the next one is made to wait.
final class TickScheduler {
    private enum Stage {
        /// No tick is going on: the loop does something else, such as the jobs of a handler that has its executor.
        case outside
        /// Input is taken that a tick may follow; to `outside`.
        case input
        /// A tick is going on; to `outside`.
        case tick
    }

    // Long enough not to be due when the loop looks for tasks the next time, which takes a slow machine 20 µs and more.
    private static let socketsTurn = TimeAmount.microseconds(200)

    /// Set once, as soon as the loop's part of the server exists; is told the time, and returns whether all is done, and
    /// when it ended.
    var tick: (UInt64) -> (isDone: Bool, end: UInt64) = { (true, $0) }
    /// Set with `tick`: what that needs to live.
    var owner: () -> AnyObject? = { nil }
    private let eventLoop: any EventLoop
    private let turn: UInt64
    private var isScheduled = false
    private var stage = Stage.outside
    /// Whether a tick was asked for while one was going on.
    var isWantedAgain = false
    /// When the first of the present ticks in a row began.
    private var rowBegan: UInt64?

    init(eventLoop: any EventLoop, turn: UInt64) {
        self.eventLoop = eventLoop
        self.turn = turn
    }

    /// Whether a tick is going on, which sees to what is done now; being on the loop does not tell.
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

    /// Does what was read at `start`, and the tick that this asks for right behind it, when it has not taken a turn's time.
    ///
    /// For when nothing else can have a part in that tick. A task of the event loop less: 3 % of a call that comes alone.
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

    /// The next tick, and what it needs: the server may let go of its loop's part before.
    private func next() -> @Sendable () -> Void {
        let next = LoopConfined((task: self, owner: owner()))
        return { withExtendedLifetime(next.value.owner) { next.value.task.run(at: ServerLoop.clock) } }
    }
}
