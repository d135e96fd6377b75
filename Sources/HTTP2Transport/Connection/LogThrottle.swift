package import Logging
import NIOConcurrencyHelpers

/// Passes one log line per interval and counts the others, so that a peer cannot fill the log.
package final class LogThrottle: Sendable {
    private struct State {
        var next: UInt64 = 0
        var heldBack = 0
    }

    // Nanoseconds between two lines.
    private static let interval: UInt64 = 10_000_000_000

    private let state = NIOLockedValueBox(State())

    /// Makes a throttle that passes the first line.
    package init() {}

    /// Logs a warning with the number of lines suppressed since the last one, or suppresses it.
    package func warn(
        _ logger: Logger,
        _ message: @autoclosure () -> Logger.Message,
        metadata: @autoclosure () -> Logger.Metadata
    ) {
        log(.warning, logger, message(), metadata: metadata)
    }

    /// Logs a line with the number of lines suppressed since the last one, or suppresses it.
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

    /// Asks whether a line may be written.
    ///
    /// - Parameter now: The time in nanoseconds of `ServerLoop.clock`.
    /// - Returns: How many lines were suppressed since the last one; nil when this one is suppressed, too.
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
