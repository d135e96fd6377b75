import Logging
import ProxyLogging

/// Writes the access log's lines of one event loop.
struct AccessLogWriter {
    private static let message = "call"

    private let logger: Logger
    private let level: Logger.Level
    /// Whether an event's calls may have lines, by its position in `ProxyEvent.all`.
    let events: [Bool]
    private let sample: Double
    private var dice = SampleDice()
    private let always: Set<AccessLog.Kind>
    /// Nanoseconds; nil for none.
    private let slow: UInt64?
    /// What may have a line at the end of the tick.
    private var entries: [AccessLogEntry] = []
    /// The lines of this tick, and what writes them; nil with a log handler that is not ours.
    private var lines: LogLineBuffer?
    private var writer: LogWriter?

    /// Nil when the logger omits the lines.
    init?(_ log: AccessLog) {
        guard log.logger.logLevel <= log.level else { return nil }
        logger = log.logger
        level = log.level
        events = ProxyEvent.all.map { log.events.contains($0) }
        sample = log.sample
        always = log.always
        slow = log.slow.map { UInt64(clamping: $0.nanoseconds) }
        // Metadata of the logger's own is rare, and takes the other way.
        if let handler = logger.handler as? ProxyLogHandler, handler.metadata.isEmpty {
            lines = LogLineBuffer(handler.writer.format)
            writer = handler.writer
        }
    }

    /// How many calls wait for `write`.
    var waiting: Int { entries.count }

    /// Takes a call, if it may have to be logged.
    ///
    /// - Parameters:
    ///   - observation: What is known of the call.
    ///   - subject: Who asked for what; read only for a line.
    mutating func add(_ observation: CallObservation, about subject: @autoclosure () -> CallSubject?) {
        guard events[observation.event] else { return }
        let isWanted = isWanted(observation)
        guard isWanted || (slow != nil && observation.ending == nil) else { return }
        entries.append(AccessLogEntry(observation, about: subject(), isWanted: isWanted))
    }

    /// Writes the lines of the calls that were taken, and hands them over to the thread that writes them.
    ///
    /// - Parameters:
    ///   - end: When their answers were written, in nanoseconds of `ServerLoop.clock`.
    ///   - time: The same moment in nanoseconds since 1970.
    mutating func write(at end: UInt64, _ time: Int64) {
        // By their positions: an element that is copied has its texts retained.
        for index in entries.indices {
            let duration = entries[index].observation.duration(until: end)
            guard entries[index].isWanted || duration >= slow ?? .max else { continue }
            if lines == nil {
                var metadata: Logger.Metadata = [:]
                entries[index].write(to: &metadata, duration: duration)
                logger.log(level: level, "\(Self.message)", metadata: metadata)
            } else {
                lines?.begin(at: time, level, Self.message)
                lines?.add(entries[index], duration)
                lines?.end()
            }
        }
        entries.removeAll(keepingCapacity: true)
        guard let writer, let count = lines?.count, count > 0 else { return }
        lines?.take { writer.append($0, lineCount: count) }
    }

    /// Whether a call is logged however long it took.
    private mutating func isWanted(_ observation: CallObservation) -> Bool {
        if sample >= 1 { return true }
        if let ending = observation.ending {
            if ending == .interrupted, always.contains(.failed) { return true }
        } else {
            let kind = observation.verdict.kind
            if kind.isRefusal, always.contains(.refused) { return true }
            if kind.isFailure, always.contains(.failed) { return true }
        }
        return dice.chooses(sample)
    }
}

extension LogLineBuffer {
    fileprivate mutating func add(_ entry: AccessLogEntry, _ duration: UInt64) {
        entry.write(to: &self, duration: duration)
    }
}
