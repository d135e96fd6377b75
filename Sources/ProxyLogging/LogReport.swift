import Logging

/// What the log has to tell about itself, and when: a flood drops lines again and again, and is told in one line a second.
struct LogReport {
    // Milliseconds.
    private static let interval: Int64 = 1_000

    private var dropped = 0
    private var failure: String?
    /// When to tell it, in milliseconds; nil without anything to tell.
    private var due: Int64?

    /// Adds lines that were dropped.
    mutating func add(dropped count: Int, at now: Int64) {
        guard count > 0 else { return }
        dropped += count
        due = due ?? now + Self.interval
    }

    /// Notes why the log could not be written.
    mutating func add(failure reason: String, at now: Int64) {
        failure = reason
        due = due ?? now + Self.interval
    }

    /// How many milliseconds to wait until there is something to tell; -1 for no limit.
    func wait(at now: Int64) -> Int32 {
        due.map { Int32(max(0, $0 - now)) } ?? -1
    }

    /// Takes the message and how many lines were dropped, if it is time to tell it.
    ///
    /// - Parameters:
    ///   - now: The time, in milliseconds.
    ///   - isUrgent: Whether it is told at once.
    /// - Returns: The message and the number; nil when there is nothing to tell yet.
    mutating func take(at now: Int64, isUrgent: Bool) -> (message: String, dropped: Int)? {
        guard let due, isUrgent || due <= now else { return nil }
        let message = failure.map { "the log could not be written: \($0)" }
        defer { self = LogReport() }
        return (message ?? "log lines were dropped, since the log is written too slowly", dropped)
    }
}
