import Synchronization

/// Limits how many of something are in use, over all event loops.
package final class ConcurrencyLimiter: Sendable {
    private let limit: Int
    private let count = Atomic(0)

    package init(limit: Int) {
        self.limit = limit
    }

    /// How many are in use.
    package var inUse: Int { count.load(ordering: .relaxed) }

    /// Takes one, if there is one left.
    /// - Returns: Whether it was taken; only then call `leave()`.
    package func enter() -> Bool {
        guard count.add(1, ordering: .relaxed).newValue > limit else { return true }
        leave()
        return false
    }

    /// Releases one.
    package func leave() {
        count.subtract(1, ordering: .relaxed)
    }
}
