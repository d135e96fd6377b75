import NIOCore

/// The calls of one event loop that wait for one handler actor.
///
/// A worker enters the actor once and serves what waits there, without a hop per call. While a call's handler is
/// suspended its worker belongs to it, and another one takes the rest, so that one slow call holds up none.
/// A worker whose call is done takes the next one, even if another has come to help meanwhile.
final class ActorQueue {
    // Each keeps the memory of its task, 4 KiB or more. With only one, suspending costs a quarter more, for new tasks.
    private static let mostParked = 32

    let actor: any Actor
    /// The worker that came last; nil when it is done, or was given up.
    @exclusivity(unchecked) var worker: Worker?
    /// Workers that wait in the actor for calls: 10 % less for a call that comes alone than a new task.
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

    /// Takes the next call that was not cancelled while it waited.
    ///
    /// - Parameter kind: The kind that it must be of, or it stays; nil for any.
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

    /// Keeps `worker`, which has nothing to do and can be resumed, for calls to come; not more than `mostParked`.
    /// - Returns: Whether it has to wait for them.
    func park(_ worker: Worker) -> Bool {
        if self.worker === worker { self.worker = nil }
        guard !isDismissed, parked.count < Self.mostParked else { return false }
        parked.append(worker)
        return true
    }

    /// Hands the next call to the worker that began last to wait for one.
    /// - Returns: Whether there is such a worker.
    func resumeParked() -> Bool {
        guard let worker = parked.last else { return false }
        guard worker.takeNext() != nil else { return true }
        parked.removeLast()
        self.worker = worker
        worker.resume()
        return true
    }

    /// Lets the workers go that wait for calls; none waits any more.
    func dismissParked() {
        isDismissed = true
        for worker in parked { worker.resume() }
        parked = []
    }
}
