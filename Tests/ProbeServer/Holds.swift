/// Calls that wait until they are released or cancelled, and tests that wait for what happens to calls and streams.
actor Holds {
    /// The events of a call, by the name that the test gave it.
    enum Milestone: Hashable {
        /// Its handler runs.
        case held(String)
        /// It was released.
        case released(String)
        /// Its handler was told that the answer is no longer awaited.
        case cancelled(String)
        /// It wrote a publication, and there was room for it.
        case wrote(String)

        /// Finds a milestone by its own name.
        init?(_ kind: String, of name: String) {
            switch kind {
            case "held": self = .held(name)
            case "released": self = .released(name)
            case "cancelled": self = .cancelled(name)
            case "wrote": self = .wrote(name)
            default: return nil
            }
        }
    }

    private struct Waiter {
        let count: Int
        let continuation: AsyncStream<Void>.Continuation
    }

    private var reached: [Milestone: Int] = [:]
    private var waiting: [Milestone: [Int: Waiter]] = [:]
    private var nextWaiter = 0

    /// Waits until the call is released.
    ///
    /// - Throws: `CancellationError` when it is cancelled instead.
    func hold(_ name: String) async throws {
        reach(.held(name))
        await wait(for: .released(name))
        guard Task.isCancelled else { return }
        reach(.cancelled(name))
        throw CancellationError()
    }

    /// Waits until the call is released, even if its answer is no longer awaited.
    func holdOn(_ name: String) async {
        reach(.held(name))
        // The cancellation of the call's task is not that of this one.
        await Task { await wait(for: .released(name)) }.value
    }

    /// Waits for something to have happened this often; returns early when the waiting task is cancelled.
    func wait(for milestone: Milestone, count: Int = 1) async {
        guard self.count(of: milestone) < count else { return }
        let (ending, continuation) = AsyncStream.makeStream(of: Void.self)
        let id = nextWaiter
        nextWaiter += 1
        waiting[milestone, default: [:]][id] = Waiter(count: count, continuation: continuation)
        for await _ in ending {}
        // Still registered when the task was cancelled.
        waiting[milestone]?[id] = nil
    }

    /// How often something has happened.
    func count(of milestone: Milestone) -> Int {
        reached[milestone, default: 0]
    }

    /// Releases one call.
    func release(_ name: String) {
        reach(.released(name))
    }

    /// Releases all calls.
    func releaseAll() {
        for case .held(let name) in reached.keys { release(name) }
    }

    /// Records that something has happened once more.
    func reach(_ milestone: Milestone) {
        let count = count(of: milestone) + 1
        reached[milestone] = count
        guard let waiters = waiting[milestone] else { return }
        for waiter in waiters.values where waiter.count <= count { waiter.continuation.finish() }
        let remaining = waiters.filter { $0.value.count > count }
        waiting[milestone] = remaining.isEmpty ? nil : remaining
    }
}
