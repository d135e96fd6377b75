import Synchronization

/// The owner of a deadline.
package protocol DeadlineOwner: AnyObject {
    /// The deadline has passed; the timer is disarmed. On the loop.
    ///
    /// It must not end other owners before it returns: their timers may be disarmed with this one's already.
    func deadlinePassed()
}

/// A call that a queue runs on its handler's actor, and whose answer goes out on the connection's loop.
///
/// All but `run` happens on the loop.
package protocol LoopCall: DeadlineOwner {
    /// The loop's state for this call; starts as `LoopCallState()`.
    var loopState: LoopCallState { get set }

    /// Identifies calls that one `run` can serve together; nil when it serves only its own call.
    var kind: ObjectIdentifier? { get }

    /// The call's name for operators; nil for no name.
    var name: String? { get }

    /// Does the call's work on the handler's actor, and stores the outcome for `finish`.
    ///
    /// It may continue with calls of the same kind, which `ServerLoop.next(after:)` returns.
    nonisolated(nonsending) func run() async

    /// Answers with the outcome of `run`, unless the call was abandoned.
    func finish()
}

extension LoopCall {
    package var kind: ObjectIdentifier? { nil }
    package var name: String? { nil }
}

/// A loop's state for a call.
package struct LoopCallState {
    /// The task that serves the call, once it has begun.
    var worker: Worker?
    var isCancelled = false

    package init() {}
}

/// A task that serves calls of one queue, one after the other.
///
/// On the loop, unless a member says otherwise.
final class Worker {
    let queue: ActorQueue
    var task: Task<Void, Never>?
    /// The call that is served, until it is answered.
    @exclusivity(unchecked) var call: (any LoopCall)?
    /// Whether the task was cancelled together with its call: it must then serve no others.
    var isCancelled = false
    /// Whether it has reached the handler's actor, which may be busy for another loop.
    ///
    /// Set from there.
    let hasEntered = Atomic(false)
    @exclusivity(unchecked) private var parked: UnsafeContinuation<Bool, Never>?

    init(queue: ActorQueue) {
        self.queue = queue
    }

    /// Takes the next call of its queue.
    ///
    /// - Parameter kind: The kind of call to take; nil takes any.
    /// - Returns: The call; nil when none is waiting, or when the worker serves no more calls.
    func takeNext(of kind: ObjectIdentifier? = nil) -> (any LoopCall)? {
        guard !isCancelled, let next = queue.next(of: kind) else { return nil }
        next.loopState.worker = self
        call = next
        return next
    }

    /// Waits for `resume` in the handler's actor.
    ///
    /// - Returns: Whether it was resumed; false at once when it does not have to wait.
    func park(in isolation: isolated any Actor) async -> Bool {
        guard !isCancelled else { return false }
        return await withUnsafeContinuation(isolation: isolation) { continuation in
            // Not earlier: on the way here, an actor with an executor of its own is left and entered again, and a
            // worker that got a call in that moment could not be resumed.
            if queue.park(self) { parked = continuation } else { continuation.resume(returning: false) }
        }
    }

    func resume() {
        hasEntered.store(false, ordering: .relaxed)
        parked.take()?.resume(returning: true)
    }
}
