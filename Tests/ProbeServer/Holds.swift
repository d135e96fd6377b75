/// Calls that wait until they are released or cancelled, and tests that wait for that to happen.
actor Holds {
    /// What can happen to a call, by the name that the test gave it.
    enum Milestone: Hashable {
        /// Its handler runs.
        case held(String)
        /// It was let go.
        case released(String)
        /// Its handler was told that nobody waits for the answer any more.
        case cancelled(String)
    }

    private var reached: Set<Milestone> = []
    private var waiting: [Milestone: [AsyncStream<Void>.Continuation]] = [:]

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

    /// Waits for something that happened already or will; returns early when the waiting task is cancelled.
    func wait(for milestone: Milestone) async {
        guard !reached.contains(milestone) else { return }
        let (ending, continuation) = AsyncStream.makeStream(of: Void.self)
        waiting[milestone, default: []].append(continuation)
        for await _ in ending {}
    }

    /// Lets one call go.
    func release(_ name: String) {
        reach(.released(name))
    }

    /// Lets all calls go.
    func releaseAll() {
        for case .held(let name) in reached { release(name) }
    }

    private func reach(_ milestone: Milestone) {
        reached.insert(milestone)
        for continuation in waiting.removeValue(forKey: milestone) ?? [] { continuation.finish() }
    }
}
