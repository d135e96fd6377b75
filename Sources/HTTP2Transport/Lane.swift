/// The calls of one event loop that wait for one handler actor.
///
/// A worker enters the actor once and serves what waits there, without a hop per call. While a call's handler is
/// suspended its worker belongs to it, and another one takes the rest, so that one slow call holds up none.
/// A worker whose call is done takes the next one, even if another has come to help meanwhile.
final class Lane {
    let actor: any Actor
    /// The worker that came last; nil when it is done, or was given up.
    @exclusivity(unchecked) var worker: Worker?
    @exclusivity(unchecked) private var waiting: [any LoopCall] = []
    @exclusivity(unchecked) private var first = 0

    init(actor: any Actor) {
        self.actor = actor
    }

    var hasWaiting: Bool { first < waiting.count }

    func append(_ call: any LoopCall) {
        waiting.append(call)
    }

    /// Takes the next call that was not cancelled while it waited.
    ///
    /// - Parameter kind: The kind that it must be of, or it stays; nil for any.
    /// - Returns: The call, or nil.
    func next(of kind: ObjectIdentifier? = nil) -> (any LoopCall)? {
        while first < waiting.count {
            let call = waiting[first]
            let isCancelled = call.loopState.isCancelled
            if !isCancelled, let kind, call.kind != kind { return nil }
            first += 1
            if first == waiting.count {
                waiting.removeAll(keepingCapacity: true)
                first = 0
            }
            if !isCancelled { return call }
        }
        return nil
    }
}
