package import Logging
package import NIOCore
import Synchronization

/// A server's part on one event loop: the executor, the calls that wait, the deadlines, and the connections with output.
///
/// All that one tick brings in is served and written together, in steps that all connections take before the next one:
/// they read; they parse what they have read, which only queues calls; the calls run; connections with output frame it;
/// they write once; finished calls are freed. Short steps, because the code of a short step stays in the processor's
/// cache for all connections.
///
/// The extensions hold one subject each: the tick, turns, calls, tasks, deadlines and holds.
package final class ServerLoop {
    /// Where handlers run.
    package enum HandlerExecutor: Sendable {
        /// On the event loop of the connection.
        case eventLoop
        /// On Swift's global concurrent executor.
        case global
    }

    package let eventLoop: any EventLoop
    package let executor: LoopExecutor
    package let logger: Logger
    /// Nanoseconds after which a tick, or what one connection has sent, makes way for the sockets of all others.
    let turn: UInt64
    let handlerExecutor: HandlerExecutor
    /// One for each handler actor.
    let queues: [ActorQueue]
    let tickTask: LoopConfined<TickScheduler>
    @exclusivity(unchecked) var deadlines: DeadlineWheel<any DeadlineOwner>
    var isWheelTurning = false
    /// Whether the turn of what runs now has ended, so that it has to make way for others.
    @exclusivity(unchecked) package internal(set) var isTurnOver = false
    /// When the turn ends, in nanoseconds of `clock`.
    var turnEnd: UInt64 = 0
    /// Bytes that were worked on since the clock was read last.
    var unseenBytes = 0
    let heldTooLong = LogThrottle()
    @exclusivity(unchecked) var handlerClock = HandlerClock()
    /// Tasks that were started and have not ended.
    var runningTasks = 0
    /// For the one that waits until no task is left.
    var idle: EventLoopPromise<Bool>?
    // Connections that have read input, and those that have output: what comes in a tick, and what the tick works on.
    @exclusivity(unchecked) var toTake: [HTTP2Connection] = []
    @exclusivity(unchecked) var taking: [HTTP2Connection] = []
    @exclusivity(unchecked) var toWrite: [HTTP2Connection] = []
    @exclusivity(unchecked) var writing: [HTTP2Connection] = []
    @exclusivity(unchecked) var works = CircularBuffer<any ChunkedWork>()
    // Finished calls. Freed in a step of its own, whose code is fetched once for all of them.
    @exclusivity(unchecked) var ended: [any LoopCall] = []
    var afterTick = CircularBuffer<@Sendable () async -> Void>()
    /// Told of every tick, after its answers were written.
    package var observer: (any TickObserver)?

    /// Makes a loop's part of a server, with one queue for each of `handlers`.
    package init(
        eventLoop: any EventLoop,
        handlers: [any Actor],
        handlerExecutor: HandlerExecutor,
        logger: Logger,
        turn: UInt64 = 4_000_000
    ) {
        let tickTask = LoopConfined(TickScheduler(eventLoop: eventLoop, turn: turn))
        self.turn = turn
        self.eventLoop = eventLoop
        self.executor = LoopExecutor(eventLoop: eventLoop) { tickTask.value.schedule() }
        self.logger = logger
        self.handlerExecutor = handlerExecutor
        self.queues = handlers.map(ActorQueue.init)
        self.tickTask = tickTask
        self.deadlines = DeadlineWheel(now: Self.clock)
        // Unowned: a weak reference would make each retain and release of this object a slow one.
        tickTask.value.tick = { [unowned self] in tick(from: $0) }
        tickTask.value.owner = { [unowned self] in self }
    }

    /// Nanoseconds of a clock that only goes forward.
    package static var clock: UInt64 { NIODeadline.now().uptimeNanoseconds }

    /// Whether the caller is on this loop.
    package var isCurrent: Bool { eventLoop.inEventLoop }

    /// Runs `work` on this loop, after what was handed over before; from any thread.
    package func execute(_ work: @escaping @Sendable () -> Void) {
        eventLoop.execute(work)
    }

    /// Runs `work` on this loop: now when the caller is on it, else after what was handed over before.
    package func run(_ work: @escaping @Sendable () -> Void) {
        if isCurrent { work() } else { execute(work) }
    }
}
