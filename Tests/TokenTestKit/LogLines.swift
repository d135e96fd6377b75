#if Tokens
package import Logging
import Synchronization

/// Keeps what is logged, each line as one text with its metadata.
package final class LogLines: Sendable {
    private let recorded = Mutex<[(level: Logger.Level, text: String)]>([])

    package init() {}

    /// A logger whose lines come here.
    package var logger: Logger {
        Logger(label: "test") { _ in Handler(lines: self) }
    }

    /// The lines from `level` on.
    package func all(from level: Logger.Level = .trace) -> [String] {
        recorded.withLock { lines in lines.filter { $0.level >= level }.map(\.text) }
    }

    private struct Handler: LogHandler {
        let lines: LogLines
        var metadata: Logger.Metadata = [:]
        var logLevel = Logger.Level.trace

        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { metadata[key] }
            set { metadata[key] = newValue }
        }

        func log(event: LogEvent) {
            let own = metadata.merging(event.metadata ?? [:]) { $1 }
            lines.recorded.withLock { $0.append((event.level, "\(event.message) \(own)")) }
        }
    }
}
#endif
