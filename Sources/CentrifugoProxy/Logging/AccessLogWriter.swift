import Logging
import ProxyLogging

/// Writes the access log's lines of one event loop.
struct AccessLogWriter {
    private static let message = "call"

    private let logger: Logger
    private let level: Logger.Level
    private let events: [Bool]
    private let sample: Double
    private let always: Set<AccessLog.Kind>
    /// Nanoseconds; nil for none.
    private let slow: UInt64?
    /// The lines of this tick, and what writes them; nil with a log handler that is not ours.
    private var lines: LogLineBuffer?
    private var writer: LogWriter?

    /// Nil when the logger omits the lines.
    init?(_ log: AccessLog) {
        guard log.logger.logLevel <= log.level else { return nil }
        logger = log.logger
        level = log.level
        events = ProxyEvent.allCases.map { log.events.contains($0) }
        sample = log.sample
        always = log.always
        slow = log.slow.map { UInt64(clamping: $0.nanoseconds) }
        // Metadata of the logger's own is rare, and takes the other way.
        if let handler = logger.handler as? ProxyLogHandler, handler.metadata.isEmpty {
            lines = LogLineBuffer(handler.writer.format)
            writer = handler.writer
        }
    }

    /// Writes the line of a call, if it is to be logged.
    ///
    /// - Parameters:
    ///   - observation: What is known of the call.
    ///   - duration: How long it took, in nanoseconds.
    ///   - time: The time of the line, in nanoseconds since 1970.
    mutating func write(_ observation: CallObservation, duration: UInt64, at time: Int64) {
        guard events[observation.event], isWanted(observation, duration) else { return }
        let entry = AccessLogEntry(observation, duration: duration)
        if lines == nil {
            var metadata: Logger.Metadata = [:]
            entry.write(to: &metadata)
            logger.log(level: level, "\(Self.message)", metadata: metadata)
        } else {
            lines?.begin(at: time, level, Self.message)
            lines?.add(entry)
            lines?.end()
        }
    }

    /// Hands the lines over to the thread that writes them.
    mutating func flush() {
        guard let writer, let count = lines?.count, count > 0 else { return }
        lines?.take { writer.append($0, lineCount: count) }
    }

    private func isWanted(_ observation: CallObservation, _ duration: UInt64) -> Bool {
        if sample >= 1 { return true }
        if let slow, duration >= slow, observation.details?.ending == nil { return true }
        if let ending = observation.details?.ending {
            if ending == .interrupted, always.contains(.failed) { return true }
        } else {
            let kind = observation.verdict.kind
            if kind.isRefusal, always.contains(.refused) { return true }
            if kind.isFailure, always.contains(.failed) { return true }
        }
        return sample > 0 && Double.random(in: 0..<1) < sample
    }
}
