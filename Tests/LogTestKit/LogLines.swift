import InMemoryLogging
package import Logging

/// The lines of a log, for tests.
package struct LogLines: Sendable {
    /// One line, its metadata after the message: `message key=value; key=value`.
    package struct Line: Sendable {
        package let level: Logger.Level
        package let text: String
    }

    private let handler: InMemoryLogHandler

    package init() {
        var handler = InMemoryLogHandler()
        handler.logLevel = .trace
        self.handler = handler
    }

    /// A logger whose lines come here.
    package var logger: Logger {
        Logger(label: "test") { [handler] _ in handler }
    }

    /// The levels of the lines, and their metadata apart from the texts.
    package var levels: [Logger.Level] { handler.entries.map(\.level) }
    package var metadata: [Logger.Metadata] { handler.entries.map(\.metadata) }

    /// The texts of the lines from `level` on.
    package func all(from level: Logger.Level = .trace) -> [String] {
        lines.filter { $0.level >= level }.map(\.text)
    }

    /// Takes the lines so far; later calls return only newer ones.
    package func take() -> [Line] {
        defer { handler.clear() }
        return lines
    }

    private var lines: [Line] {
        handler.entries.map { entry in
            let values = entry.metadata.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
            return Line(level: entry.level, text: "\(entry.message) \(values.joined(separator: "; "))")
        }
    }
}
