import CentrifugoProxy
package import Logging
package import ProxyLogging

/// What is logged, how, and where.
struct LogPolicy: Codable, Equatable, Sendable {
    static let levels = ["trace", "debug", "info", "notice", "warning", "error", "critical"]

    var level = "info"
    var format = "text"
    /// The file to append to; nil for standard error.
    var file: String?
    var access = AccessLogPolicy()

    enum CodingKeys: String, CodingKey, CaseIterable {
        case level, format, file, access
    }

    init() {}

    init(from decoder: any Decoder) throws {
        let fields = try StrictSection<CodingKeys>(decoder)
        level = try fields.value(.level, or: level)
        format = try fields.value(.format, or: format)
        file = try fields.optional(.file)
        access = try fields.section(.access) ?? access
        if let mistake = Self.mistake(level: level) { throw fields.mistake(.level, mistake) }
        if let mistake = Self.mistake(format: format) { throw fields.mistake(.format, mistake) }
    }

    /// What is wrong with a level; nil when nothing is.
    static func mistake(level: String) -> String? {
        levels.contains(level) ? nil : "is \"\(level)\"; choose \(levels.joined(separator: ", "))"
    }

    /// What is wrong with a format; nil when nothing is.
    static func mistake(format: String) -> String? {
        LogFormat(rawValue: format) == nil ? "is \"\(format)\"; choose text, json or logfmt" : nil
    }
}

/// Which calls are logged: `true`, `false`, or some of them.
struct AccessLogPolicy: Codable, Equatable, Sendable {
    private static let slowest = Duration.milliseconds(1)...Duration.seconds(3_600)
    private static let kinds = AccessLog.Kind.allCases.map(\.rawValue).joined(separator: " and ")

    /// Whether any call is logged.
    var isOn = true
    /// The share of the calls that is logged.
    var sample = 1.0
    /// The kinds of calls that are logged in addition.
    var always: [String] = []
    /// Calls that took at least so long are logged in addition.
    var slow: TimeSpan?

    private enum CodingKeys: String, CodingKey, CaseIterable {
        case sample, always, slow
    }

    init() {}

    init(from decoder: any Decoder) throws {
        if let isOn = try? decoder.singleValueContainer().decode(Bool.self) {
            self.isOn = isOn
            return
        }
        let fields = try StrictSection<CodingKeys>(decoder)
        sample = try fields.value(.sample, or: sample)
        guard 0...1 ~= sample else {
            throw fields.mistake(.sample, "is \(sample); choose a share of the calls from 0 to 1")
        }
        always = try fields.names(.always) ?? []
        if let stranger = always.first(where: { AccessLog.Kind(rawValue: $0) == nil }) {
            throw fields.mistake(.always, "has \"\(stranger)\"; the kinds are \(Self.kinds)")
        }
        slow = try fields.time(.slow, in: Self.slowest)
    }

    func encode(to encoder: any Encoder) throws {
        guard isOn, self != AccessLogPolicy() else {
            var container = encoder.singleValueContainer()
            return try container.encode(isOn)
        }
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(sample, forKey: .sample)
        if !always.isEmpty { try container.encode(always, forKey: .always) }
        try container.encodeIfPresent(slow, forKey: .slow)
    }

    /// The server's access log; nil when no call is logged.
    func accessLog(_ logger: Logger) -> AccessLog? {
        guard isOn else { return nil }
        return AccessLog(
            logger: logger,
            sample: sample,
            always: Set(always.compactMap { AccessLog.Kind(rawValue: $0) }),
            slow: slow?.duration
        )
    }
}

extension Policy {
    /// The log's level.
    package var logLevel: Logger.Level { Logger.Level(rawValue: log.level) ?? .info }

    /// Opens the log.
    ///
    /// - Throws: `LogFileError` when its file cannot be opened.
    package func openLog() throws(LogFileError) -> LogWriter {
        try LogWriter(log.file.map { .file($0) } ?? .standardError, format: LogFormat(rawValue: log.format) ?? .text)
    }
}
