import Logging
import ProxyLogging

/// Takes the fields of a log record.
protocol LogFields {
    mutating func add(_ key: StaticString, _ text: String)
    mutating func add(_ key: StaticString, milliseconds nanoseconds: Int64)
}

extension LogLineBuffer: LogFields {
    mutating func add(_ entry: AccessLogEntry) {
        entry.write(to: &self)
    }
}

extension Logger.Metadata: LogFields {
    mutating func add(_ key: StaticString, _ text: String) {
        self["\(key)"] = .string(text)
    }

    mutating func add(_ key: StaticString, milliseconds nanoseconds: Int64) {
        let microseconds = nanoseconds / 1_000
        let fraction = "\(microseconds % 1_000)"
        let zeros = String(repeating: "0", count: 3 - fraction.count)
        self["\(key)"] = .string("\(microseconds / 1_000).\(zeros)\(fraction)")
    }
}

/// The content of one line of the access log.
struct AccessLogEntry {
    private let observation: CallObservation
    private let duration: UInt64

    init(_ observation: CallObservation, duration: UInt64) {
        self.observation = observation
        self.duration = duration
    }

    /// Writes the fields, always in this order.
    func write(to fields: inout some LogFields) {
        let event = ProxyEvent.allCases[observation.event]
        fields.add("event", event.methodName)
        if let target = observation.details?.subject?.target {
            fields.add(event == .rpc ? "method" : "channel", target.shortened)
        }
        if let user = observation.details?.subject?.user { fields.add("user", user.shortened) }
        if let client = observation.details?.subject?.client { fields.add("client", client.shortened) }
        if let ending = observation.details?.ending {
            fields.add("end", ending.word)
            if let status = observation.details?.endStatus, status != .ok { fields.add("code", status.name) }
        } else {
            fields.add("verdict", observation.verdict.kind.word)
            if observation.verdict.code != 0 { fields.add("code", observation.verdict.codeText) }
        }
        if let reason = observation.reason { fields.add("reason", reason.rawValue) }
        if let next = observation.details?.ending.map(\.next) ?? observation.verdict.next {
            fields.add("next", next.rawValue)
        }
        if let trace = observation.details?.trace, !trace.traceID.isEmpty { fields.add("trace_id", trace.traceID) }
        fields.add("milliseconds", milliseconds: Int64(clamping: duration))
    }
}
