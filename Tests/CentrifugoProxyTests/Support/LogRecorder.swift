import Logging
import NIOConcurrencyHelpers

/// Keeps what a server logs.
final class LogRecorder: Sendable {
    /// One log line.
    struct Line: Sendable {
        let level: Logger.Level
        let message: String
        let metadata: Logger.Metadata
    }

    private let recorded = NIOLockedValueBox<[Line]>([])
    private let arrivals = Events<Line>()

    /// A logger whose lines are recorded here.
    var logger: Logger {
        Logger(label: "test") { _ in Handler(recorder: self) }
    }

    /// The lines from `level` on.
    func lines(from level: Logger.Level = .warning) -> [Line] {
        recorded.withLockedValue { $0.filter { $0.level >= level } }
    }

    /// Waits for the next line from `level` on.
    func next(from level: Logger.Level = .warning) async -> Line? {
        while let line = await arrivals.next() {
            if line.level >= level { return line }
        }
        return nil
    }

    private func record(_ line: Line) {
        recorded.withLockedValue { $0.append(line) }
        arrivals.tell(line)
    }

    private struct Handler: LogHandler {
        let recorder: LogRecorder
        var metadata: Logger.Metadata = [:]
        var logLevel = Logger.Level.trace

        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { metadata[key] }
            set { metadata[key] = newValue }
        }

        func log(event: LogEvent) {
            // A test must not depend on the speed of its machine.
            guard !"\(event.message)".hasPrefix("an event loop was held") else { return }
            let own = metadata.merging(event.metadata ?? [:]) { $1 }
            recorder.record(Line(level: event.level, message: "\(event.message)", metadata: own))
        }
    }
}
