#if Tokens
/// Holds those who wait until somebody opens it.
package actor Gate {
    private var isOpen = false
    private var waiting: [CheckedContinuation<Void, Never>] = []

    package init() {}

    package func open() {
        isOpen = true
        for continuation in waiting { continuation.resume() }
        waiting = []
    }

    package func wait() async {
        guard !isOpen else { return }
        await withCheckedContinuation { waiting.append($0) }
    }
}

/// Counts events, and tells when there were as many as somebody waits for.
package actor Tally {
    package private(set) var count = 0
    private var waiting: [(count: Int, continuation: CheckedContinuation<Void, Never>)] = []

    package init() {}

    /// Adds one, and returns how many there are.
    @discardableResult
    package func add() -> Int {
        count += 1
        for waiter in waiting where waiter.count <= count { waiter.continuation.resume() }
        waiting.removeAll { $0.count <= count }
        return count
    }

    package func reach(_ number: Int) async {
        guard count < number else { return }
        await withCheckedContinuation { waiting.append((number, $0)) }
    }
}
#endif
