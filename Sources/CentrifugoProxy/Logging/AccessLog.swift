public import Logging

/// Logs each call in one line: the event, its method or channel, the user, the verdict and why (``RefusalReason``), what the
/// client's SDK does next, and how long the call took.
///
/// Give it to a server as ``ProxyServer/Configuration/accessLog``. An accepted subscription stream gets a second line when it
/// is over. Payloads, metadata and the texts of errors are never logged.
///
/// Any logger will do. With a `ProxyLogHandler` a line costs far less: it is formatted without `Logger.Metadata`, and
/// another thread writes it.
public struct AccessLog: Sendable {
    /// Calls that are always logged, whatever share of all calls is.
    public enum Kind: String, Sendable, Hashable, CaseIterable {
        /// Those that were refused: `error`, `disconnected`, `expired`.
        case refused
        /// Those without an answer in the event's own terms: `failed`, `abandoned`, `shed`, and streams that were
        /// interrupted.
        case failed
    }

    let logger: Logger
    let level: Logger.Level
    /// The events to log.
    public var events: Set<ProxyEvent>
    /// The share of the calls to log, from 0 to 1; values outside count as the nearest one.
    public var sample: Double
    /// The kinds of calls that are logged in addition to that share.
    public var always: Set<Kind>
    /// Calls that took at least so long are logged in addition; nil for none.
    public var slow: Duration?

    /// Makes an access log.
    ///
    /// - Parameters:
    ///   - logger: Receives the lines; a logger that omits `level` switches the log off.
    ///   - level: The level of all lines.
    ///   - events: The events to log; all by default.
    ///   - sample: The share of the calls to log, from 0 to 1.
    ///   - always: The kinds of calls that are logged in addition to that share.
    ///   - slow: Calls that took at least so long are logged in addition; nil for none.
    public init(
        logger: Logger,
        level: Logger.Level = .info,
        events: Set<ProxyEvent> = Set(ProxyEvent.allCases),
        sample: Double = 1,
        always: Set<Kind> = [],
        slow: Duration? = nil
    ) {
        self.logger = logger.printable
        self.level = level
        self.events = events
        self.sample = sample
        self.always = always
        self.slow = slow
    }
}
