public import Logging

/// Writes log records in one of three formats, each on one line, through a ``LogWriter``.
///
/// Characters that could forge a line or that a terminal interprets are escaped, so texts of clients are safe in it.
///
/// ```swift
/// let writer = try LogWriter(.file("/var/log/chat.log"), format: .json)
/// LoggingSystem.bootstrap { ProxyLogHandler(label: $0, writer) }
/// ```
public struct ProxyLogHandler: LogHandler {
    private static let fixed: Set = ["time", "level", "message", "logger"]

    /// The lowest level that is written.
    public var logLevel = Logger.Level.info
    /// The fields of each record.
    public var metadata: Logger.Metadata = [:]
    /// Adds fields of the task that logs, such as the id of its trace.
    public var metadataProvider: Logger.MetadataProvider?
    package let writer: LogWriter
    private let label: String

    /// Makes a handler.
    ///
    /// - Parameters:
    ///   - label: The logger's label; records have it as `logger`.
    ///   - writer: Takes the lines.
    ///   - metadataProvider: Adds fields of the task that logs; nil for none.
    public init(
        label: String,
        _ writer: LogWriter,
        metadataProvider: Logger.MetadataProvider? = nil
    ) {
        self.label = label
        self.writer = writer
        self.metadataProvider = metadataProvider
    }

    /// A field of each record.
    public subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    /// Writes a record: its fields come after those of the logger and of its provider, and replace them.
    public func log(event: LogEvent) {
        var fields = metadata
        if let provided = metadataProvider?.get() { fields.merge(provided) { $1 } }
        if let own = event.metadata { fields.merge(own) { $1 } }
        if let error = event.error {
            fields["error.message"] = "\(error)"
            fields["error.type"] = "\(String(reflecting: type(of: error)))"
        }
        var line = LogLineBuffer(writer.format, capacity: 512)
        line.begin(at: LogClock.now, event.level, event.message.description)
        line.add("logger", label)
        for (key, value) in fields.sorted(by: { $0.key < $1.key }) {
            // A record has each name once.
            line.add(key: Self.fixed.contains(key) ? "\(key)_" : key, Self.text(of: value))
        }
        line.end()
        line.take { writer.append($0, lineCount: 1) }
    }

    /// A value as text; of nested ones, in brackets as Swift prints them.
    private static func text(of value: Logger.MetadataValue) -> String {
        switch value {
        case .string(let text): text
        case .stringConvertible(let value): value.description
        case .array(let values): "[\(values.map(text).joined(separator: ", "))]"
        case .dictionary(let values):
            "[\(values.sorted { $0.key < $1.key }.map { "\($0.key): \(text(of: $0.value))" }.joined(separator: ", "))]"
        }
    }
}
