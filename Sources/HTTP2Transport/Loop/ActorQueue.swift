import NIOCore

/// The calls of one event loop that wait for one handler actor.
///
/// A worker enters the actor once and serves the waiting calls without a hop for each. While a call's handler is
/// suspended, its worker stays with it and another one takes the other calls, so that one slow call does not hold up
/// the rest. A worker whose call is done takes the next one, even if another worker has started meanwhile.
final class ActorQueue {
    // Each keeps the memory of its task, 4 KiB or more. With only one, each suspended call would need a new task.
    private static let mostParked = 32

    let actor: any Actor
    /// The worker that started last; nil when it is done, or was abandoned.
    @exclusivity(unchecked) var worker: Worker?
    /// Workers that wait in the actor for calls, so that a call that arrives alone needs no new task.
    @exclusivity(unchecked) private var parked: [Worker] = []
    @exclusivity(unchecked) private var isDismissed = false
    @exclusivity(unchecked) private var waiting = CircularBuffer<any LoopCall>()

    init(actor: any Actor) {
        self.actor = actor
    }

    var hasWaiting: Bool { !waiting.isEmpty }

    func append(_ call: any LoopCall) {
        waiting.append(call)
    }

    /// Takes the next call, skipping those that were cancelled while they waited.
    ///
    /// - Parameter kind: The kind of call to take; a next call of another kind stays. nil takes any.
    /// - Returns: The call, or nil.
    func next(of kind: ObjectIdentifier? = nil) -> (any LoopCall)? {
        while let call = waiting.first {
            let isCancelled = call.loopState.isCancelled
            if !isCancelled, let kind, call.kind != kind { return nil }
            waiting.removeFirst()
            if !isCancelled { return call }
        }
        return nil
    }

    /// Keeps an idle `worker` that can be resumed for later calls, up to `mostParked` of them.
    /// - Returns: Whether the worker has to wait.
    func park(_ worker: Worker) -> Bool {
        if self.worker === worker { self.worker = nil }
        guard !isDismissed, parked.count < Self.mostParked else { return false }
        parked.append(worker)
        return true
    }

    /// Resumes the most recently parked worker with the next call.
    /// - Returns: Whether there was such a worker.
    func resumeParked() -> Bool {
        guard let worker = parked.last else { return false }
        guard worker.takeNext() != nil else { return true }
        parked.removeLast()
        self.worker = worker
        worker.resume()
        return true
    }

    /// Resumes all parked workers, so that they end; no worker is parked after that.
    func dismissParked() {
        isDismissed = true
        for worker in parked { worker.resume() }
        parked = []
    }
}
