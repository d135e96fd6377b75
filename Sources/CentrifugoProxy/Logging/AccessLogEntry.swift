import Logging
import ProxyLogging

/// Takes the fields of a log record.
protocol LogFields {
    mutating func add(_ key: StaticString, _ text: String)
    mutating func add(_ key: StaticString, milliseconds nanoseconds: Int64)
}

extension LogLineBuffer: LogFields {}

extension Logger.Metadata: LogFields {
    mutating func add(_ key: StaticString, _ text: String) {
        self["\(key)"] = .string(text)
    }

    mutating func add(_ key: StaticString, milliseconds nanoseconds: Int64) {
        self["\(key)"] = .string(MillisecondText.text(nanoseconds))
    }
}

/// The content of one line of the access log.
struct AccessLogEntry {
    let observation: CallObservation
    /// Nil when the call has ended before its request was read.
    private let subject: CallSubject?
    /// Whether it is logged however long it took.
    let isWanted: Bool

    init(_ observation: CallObservation, about subject: CallSubject?, isWanted: Bool) {
        self.observation = observation
        self.subject = subject
        self.isWanted = isWanted
    }

    /// Writes the fields, always in this order.
    func write(to fields: inout some LogFields, duration: UInt64) {
        let event = ProxyEvent.all[observation.event]
        fields.add("event", event.methodName)
        if let subject {
            if let target = subject.target { fields.add(CallSubject.key(ofTargetOf: event), target) }
            if let user = subject.user { fields.add("user", user) }
            if let client = subject.client { fields.add("client", client) }
        }
        if let ending = observation.ending {
            fields.add("end", ending.word)
            if let status = observation.endStatus, status != .ok { fields.add("code", status.name) }
        } else {
            fields.add("verdict", observation.verdict.kind.word)
            if observation.verdict.code != 0 { fields.add("code", observation.verdict.codeText) }
        }
        if let reason = observation.reason { fields.add("reason", reason.rawValue) }
        if let next = observation.ending.map(\.next) ?? observation.verdict.next {
            fields.add("next", next.rawValue)
        }
        if let trace = observation.trace, !trace.traceID.isEmpty { fields.add("trace_id", trace.traceID) }
        fields.add("milliseconds", milliseconds: Int64(clamping: duration))
    }
}
