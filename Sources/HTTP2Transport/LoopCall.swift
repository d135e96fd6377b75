import Synchronization

/// What a deadline belongs to.
package protocol DeadlineOwner: AnyObject {
    /// The deadline has passed; the timer is disarmed. On the loop.
    func deadlinePassed()
}

/// A call that a lane runs on its handler's actor, and whose answer goes out on the connection's loop.
///
/// All but `run` happens on the loop.
package protocol LoopCall: DeadlineOwner {
    /// What the loop keeps of the call; starts as `LoopCallState()`.
    var loopState: LoopCallState { get set }

    /// Does the call's work, on the handler's actor, and keeps the outcome for `finish`.
    nonisolated(nonsending) func run() async

    /// Answers with the outcome of `run`, unless the call was given up.
    func finish()
}

/// What a loop keeps of a call.
package struct LoopCallState {
    /// The task that serves the call, once it has begun.
    var worker: Worker?
    var isCancelled = false

    package init() {}
}

/// A task that serves calls of one lane, one after the other.
final class Worker {
    var task: Task<Void, Never>?
    /// Whether it has reached the handler's actor, which may be busy for another loop.
    ///
    /// Written from there.
    let hasEntered = Atomic(false)
}
