import Synchronization

/// Lets one log line through per interval and counts those it holds back, so that a peer cannot fill the log.
package final class LogThrottle: Sendable {
    private struct State {
        var next: UInt64 = 0
        var heldBack = 0
    }

    // Nanoseconds from one line to the next.
    private static let interval: UInt64 = 10_000_000_000

    private let state = Mutex(State())

    /// Makes a throttle that lets the first line through.
    package init() {}

    /// Asks to write a line.
    ///
    /// - Parameter now: The time in nanoseconds of `ServerLoop.clock`.
    /// - Returns: How many lines were held back since the last one; nil when this one is, too.
    package func pass(now: UInt64 = ServerLoop.clock) -> Int? {
        state.withLock { state in
            guard now >= state.next else {
                state.heldBack += 1
                return nil
            }
            defer { state = State(next: now + Self.interval) }
            return state.heldBack
        }
    }
}
