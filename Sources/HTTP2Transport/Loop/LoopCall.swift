import Synchronization

/// What a deadline belongs to.
package protocol DeadlineOwner: AnyObject {
    /// The deadline has passed; the timer is disarmed. On the loop.
    func deadlinePassed()
}

/// A call that a queue runs on its handler's actor, and whose answer goes out on the connection's loop.
///
/// All but `run` happens on the loop.
package protocol LoopCall: DeadlineOwner {
    /// What the loop keeps of the call; starts as `LoopCallState()`.
    var loopState: LoopCallState { get set }

    /// What calls have in common that one `run` can serve; nil when it serves its own call only.
    var kind: ObjectIdentifier? { get }

    /// What operators call it; nil for no name.
    var name: String? { get }

    /// Does the call's work, on the handler's actor, and keeps the outcome for `finish`.
    ///
    /// It may go on with calls of the same kind, which it gets from `ServerLoop.next(after:)`.
    nonisolated(nonsending) func run() async

    /// Answers with the outcome of `run`, unless the call was given up.
    func finish()
}

extension LoopCall {
    package var kind: ObjectIdentifier? { nil }
    package var name: String? { nil }
}

/// What a loop keeps of a call.
package struct LoopCallState {
    /// The task that serves the call, once it has begun.
    var worker: Worker?
    var isCancelled = false

    package init() {}
}

/// A task that serves calls of one queue, one after the other.
///
/// On the loop, but for what says otherwise.
final class Worker {
    let queue: ActorQueue
    var task: Task<Void, Never>?
    /// The call that is served, until it is answered.
    @exclusivity(unchecked) var call: (any LoopCall)?
    /// Whether the task was cancelled for the call that it serves: it must not serve others.
    var isCancelled = false
    /// Whether it has reached the handler's actor, which may be busy for another loop.
    ///
    /// Written from there.
    let hasEntered = Atomic(false)
    @exclusivity(unchecked) private var parked: UnsafeContinuation<Bool, Never>?

    init(queue: ActorQueue) {
        self.queue = queue
    }

    /// Takes the next call of its queue.
    ///
    /// - Parameter kind: The kind that it must be of; nil for any.
    /// - Returns: The call; nil when there is none, or when the worker serves no more.
    func takeNext(of kind: ObjectIdentifier? = nil) -> (any LoopCall)? {
        guard !isCancelled, let next = queue.next(of: kind) else { return nil }
        next.loopState.worker = self
        call = next
        return next
    }

    /// Waits for `resume` in the handler's actor.
    ///
    /// - Returns: Whether it was resumed; false at once, when it has not to wait.
    func park(in isolation: isolated any Actor) async -> Bool {
        guard !isCancelled else { return false }
        return await withUnsafeContinuation(isolation: isolation) { continuation in
            // Not before: an actor with an executor of its own is left and entered again on the way here, and a worker
            // that is handed a call meanwhile could not be resumed.
            if queue.park(self) { parked = continuation } else { continuation.resume(returning: false) }
        }
    }

    func resume() {
        hasEntered.store(false, ordering: .relaxed)
        parked.take()?.resume(returning: true)
    }
}
