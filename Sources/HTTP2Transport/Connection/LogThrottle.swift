package import Logging
import NIOConcurrencyHelpers

/// Lets one log line through per interval and counts those it holds back, so that a peer cannot fill the log.
package final class LogThrottle: Sendable {
    private struct State {
        var next: UInt64 = 0
        var heldBack = 0
    }

    // Nanoseconds from one line to the next.
    private static let interval: UInt64 = 10_000_000_000

    private let state = NIOLockedValueBox(State())

    /// Makes a throttle that lets the first line through.
    package init() {}

    /// Logs a warning, with how many were held back since the last one, or holds it back.
    package func warn(
        _ logger: Logger,
        _ message: @autoclosure () -> Logger.Message,
        metadata: @autoclosure () -> Logger.Metadata
    ) {
        log(.warning, logger, message(), metadata: metadata)
    }

    /// Logs a line, with how many were held back since the last one, or holds it back.
    package func log(
        _ level: Logger.Level,
        _ logger: Logger,
        _ message: @autoclosure () -> Logger.Message,
        metadata: () -> Logger.Metadata
    ) {
        guard let heldBack = pass(now: ServerLoop.clock) else { return }
        let count: Logger.Metadata = heldBack > 0 ? ["heldBack": "\(heldBack)"] : [:]
        logger.log(level: level, message(), metadata: metadata().merging(count) { $1 })
    }

    /// Asks to write a line.
    ///
    /// - Parameter now: The time in nanoseconds of `ServerLoop.clock`.
    /// - Returns: How many lines were held back since the last one; nil when this one is, too.
    func pass(now: UInt64) -> Int? {
        state.withLockedValue { state in
            guard now >= state.next else {
                state.heldBack += 1
                return nil
            }
            defer { state = State(next: now + Self.interval) }
            return state.heldBack
        }
    }
}
