public import Logging

/// Writes log records in one of three formats, one line each, through a ``LogWriter``.
public struct ProxyLogHandler: LogHandler {
    /// The lowest level that is written.
    public var logLevel = Logger.Level.info
    /// The fields of each record.
    public var metadata: Logger.Metadata = [:]
    /// Adds fields of the task that logs.
    public var metadataProvider: Logger.MetadataProvider?
    package let writer: LogWriter
    package let format: LogFormat

    /// Makes a handler.
    public init(_ writer: LogWriter, format: LogFormat = .text) {
        self.writer = writer
        self.format = format
    }

    /// A field of each record.
    public subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    /// Writes a record.
    public func log(event: LogEvent) {}
}
