package import Logging
import ProxyLogging

/// Passes log lines on with their texts made printable.
///
/// Every logger that a user passes to this package is wrapped in one, so that no line can forget it: the names of
/// peers, channels and users, and the errors of upstreams and databases, are text from outside.
private struct PrintableLogHandler: LogHandler {
    private var base: any LogHandler

    init(_ base: any LogHandler) {
        self.base = base
    }

    var logLevel: Logger.Level {
        get { base.logLevel }
        set { base.logLevel = newValue }
    }

    var metadata: Logger.Metadata {
        get { base.metadata }
        set { base.metadata = newValue }
    }

    var metadataProvider: Logger.MetadataProvider? {
        get { base.metadataProvider }
        set { base.metadataProvider = newValue }
    }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { base[metadataKey: key] }
        set { base[metadataKey: key] = newValue }
    }

    func log(event: LogEvent) {
        var event = event
        event.message = Logger.Message(stringLiteral: event.message.description.printable)
        event.metadata = event.metadata?.mapValues(\.printable)
        base.log(event: event)
    }
}

extension Logger {
    /// The logger, with all texts of its lines made ``Swift/String/printable``.
    package var printable: Logger {
        // The last one escapes all texts itself.
        guard !(handler is PrintableLogHandler), !(handler is ProxyLogHandler) else { return self }
        var logger = self
        logger.handler = PrintableLogHandler(handler)
        return logger
    }
}

extension Logger.MetadataValue {
    fileprivate var printable: Logger.MetadataValue {
        switch self {
        case .string(let text): .string(text.printable)
        case .stringConvertible(let value): .string(value.description.printable)
        case .dictionary(let values): .dictionary(values.mapValues(\.printable))
        case .array(let values): .array(values.map(\.printable))
        }
    }
}
