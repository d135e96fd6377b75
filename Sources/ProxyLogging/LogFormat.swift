/// How a log record is written, always on one line.
public enum LogFormat: String, Sendable, Hashable, CaseIterable {
    /// For people: the time, the level and the message, then fields as `key=value`.
    case text
    /// One JSON object, whose values are text or numbers.
    case json
    /// `key=value` pairs, the time, level and message among them.
    case logfmt
}
