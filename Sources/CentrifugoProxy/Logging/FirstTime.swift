import Synchronization

/// Tells the first time from all later ones, so that a warning is logged once.
final class FirstTime: Sendable {
    private let hasHappened = Atomic(false)

    /// Whether this is the first call.
    func isFirst() -> Bool {
        !hasHappened.exchange(true, ordering: .relaxed)
    }
}
