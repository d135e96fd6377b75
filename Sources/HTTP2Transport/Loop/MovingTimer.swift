package import NIOCore

/// A timer whose deadline moves far more often than it passes: moving it only stores a value.
///
/// The event loop's own timer stays where it is, and is rescheduled if it fires too early. On the loop.
final class MovingTimer {
    private let eventLoop: any EventLoop
    private let action: () -> Void
    private var deadline: NIODeadline?
    private var scheduled: (task: Scheduled<Void>, deadline: NIODeadline)?

    /// Makes a timer that is not running; it retains what `action` captures until it is cancelled.
    init(on eventLoop: any EventLoop, action: @escaping () -> Void) {
        self.eventLoop = eventLoop
        self.action = action
    }

    /// Runs `action` when `time` has passed since `start`, or since now; replaces the deadline that was set before.
    func start(_ time: Duration, from start: NIODeadline? = nil) {
        self.start(after: TimeAmount(capping: time), from: start)
    }

    /// The same for a time that was converted before.
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

    /// Stops the timer until the next `start`.
    func pause() {
        deadline = nil
    }

    /// Stops the timer for good, and releases its action.
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

extension TimeAmount {
    /// Converts a duration, with ten years as the most, since some durations stand for "never"; a negative one is zero.
    package init(capping time: Duration) {
        self.init(min(max(time, .zero), .seconds(315_360_000)))
    }
}
