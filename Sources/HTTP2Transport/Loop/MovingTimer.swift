import NIOCore

/// A timer whose deadline moves much more often than it passes: moving it costs a store.
///
/// The event loop's own timer is left where it is, and set anew when it fires too early. On the loop.
final class MovingTimer {
    private let eventLoop: any EventLoop
    private let action: () -> Void
    private var deadline: NIODeadline?
    private var scheduled: (task: Scheduled<Void>, deadline: NIODeadline)?

    /// Makes a timer that is not running; it keeps what `action` captures until it is cancelled.
    init(on eventLoop: any EventLoop, action: @escaping () -> Void) {
        self.eventLoop = eventLoop
        self.action = action
    }

    /// What can be added to the present: ten years at most, since some times stand for "never".
    static func amount(of time: Duration) -> TimeAmount {
        TimeAmount(min(time, .seconds(315_360_000)))
    }

    /// Runs `action` when `time` has passed from `start` on, or from now on, and not at the time that was set before.
    func start(_ time: Duration, from start: NIODeadline? = nil) {
        self.start(after: Self.amount(of: time), from: start)
    }

    /// The same, for a time out of `amount(of:)`.
    func start(after time: TimeAmount, from start: NIODeadline? = nil) {
        move(to: (start ?? eventLoop.now) + time)
    }

    private func move(to deadline: NIODeadline) {
        self.deadline = deadline
        if let scheduled {
            guard deadline < scheduled.deadline else { return }
            scheduled.task.cancel()
        }
        schedule(at: deadline)
    }

    /// Lets no deadline pass until the next `start`.
    func pause() {
        deadline = nil
    }

    /// Ends the timer, and what its action holds with it.
    func cancel() {
        deadline = nil
        scheduled?.task.cancel()
        scheduled = nil
    }

    private func schedule(at deadline: NIODeadline) {
        let timer = LoopConfined(self)
        scheduled = (eventLoop.scheduleTask(deadline: deadline) { timer.value.fired() }, deadline)
    }

    private func fired() {
        scheduled = nil
        guard let deadline else { return }
        guard deadline <= eventLoop.now else { return schedule(at: deadline) }
        self.deadline = nil
        action()
    }
}
