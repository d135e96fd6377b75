/// How a log record is written, always on one line.
public enum LogFormat: String, Sendable, Hashable, CaseIterable {
    /// For people.
    case text
    /// One JSON object.
    case json
    /// `key=value` pairs.
    case logfmt
}
