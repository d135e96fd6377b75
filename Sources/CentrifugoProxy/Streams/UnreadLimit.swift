import Synchronization

/// How many publications of one stream its reader may leave unread before writers to the stream have to wait.
///
/// For a reader in this process, which reads one publication after the other: the windows of HTTP/2 count bytes, and a test
/// never sends enough to fill them.
package final class UnreadLimit: Sendable {
    private struct State {
        var count = 0
        var resume: (@Sendable () -> Void)?
    }

    private let limit: Int
    private let state = Mutex(State())

    /// Makes a limit of at least one publication.
    package init(_ limit: Int) {
        self.limit = max(1, limit)
    }

    /// Counts a publication that the reader has taken.
    package func taken() {
        let resume = state.withLock { state in
            state.count -= 1
            return state.count == limit - 1 ? state.resume : nil
        }
        resume?()
    }

    /// Counts a publication that is sent.
    func sent() {
        state.withLock { $0.count += 1 }
    }

    /// Whether writers have to wait.
    var isReached: Bool {
        state.withLock { $0.count >= limit }
    }

    /// Calls `resume`, on any thread, when there is room again.
    func onRoom(_ resume: (@Sendable () -> Void)?) {
        state.withLock { $0.resume = resume }
    }
}
