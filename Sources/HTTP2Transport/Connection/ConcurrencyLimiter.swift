import Synchronization

/// Counts what is in use of something that there is only so much of, over all event loops.
package final class ConcurrencyLimiter: Sendable {
    private let limit: Int
    private let count = Atomic(0)

    package init(limit: Int) {
        self.limit = limit
    }

    /// Takes one more.
    /// - Returns: Whether there was room; only then `leave()` is due.
    package func enter() -> Bool {
        guard count.add(1, ordering: .relaxed).newValue > limit else { return true }
        leave()
        return false
    }

    /// Gives one back.
    package func leave() {
        count.subtract(1, ordering: .relaxed)
    }
}
