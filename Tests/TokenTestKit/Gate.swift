#if Tokens
/// Holds callers until a test opens it; it also opens when one of them is cancelled, so that tests end.
package actor Gate {
    package private(set) var isOpen = false
    private var waiting: [CheckedContinuation<Void, Never>] = []

    package init() {}

    package func open() {
        isOpen = true
        for continuation in waiting { continuation.resume() }
        waiting = []
    }

    package func wait() async {
        guard !isOpen else { return }
        await withTaskCancellationHandler {
            await withCheckedContinuation { waiting.append($0) }
        } onCancel: {
            Task { await open() }
        }
    }
}

/// Counts events, and resumes callers that wait for a number of them, or that were cancelled.
package actor Tally {
    package private(set) var count = 0
    private var waiting: [(count: Int, continuation: CheckedContinuation<Void, Never>)] = []

    package init() {}

    /// Adds some, and returns how many there are.
    @discardableResult
    package func add(_ number: Int = 1) -> Int {
        count += number
        for waiter in waiting where waiter.count <= count { waiter.continuation.resume() }
        waiting.removeAll { $0.count <= count }
        return count
    }

    package func reach(_ number: Int) async {
        guard count < number else { return }
        await withTaskCancellationHandler {
            await withCheckedContinuation { waiting.append((number, $0)) }
        } onCancel: {
            Task { await release() }
        }
    }

    private func release() {
        for waiter in waiting { waiter.continuation.resume() }
        waiting = []
    }
}
#endif
