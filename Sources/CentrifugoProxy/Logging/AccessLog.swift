public import Logging
import ProxyMessages

/// Logs each call in one line: the event, its method or channel, the user, how it ended and why (``RefusalReason``),
/// what the client's SDK does next, and how long the handler took.
///
/// An accepted subscription stream gets a second line when it is over. Payloads, metadata and the texts of errors are
/// never logged. Put it first in the list of interceptors, so that it sees the final outcome of each call.
///
/// ```swift
/// ProxyService(interceptors: [AccessLog(logger: logger)], connect: …)
/// ```
public struct AccessLog: Interceptor {
    private let logger: Logger
    private let level: Logger.Level
    /// The events to log.
    public let events: Set<ProxyEvent>

    /// Makes an access log.
    ///
    /// - Parameters:
    ///   - logger: Receives the lines; a logger that omits `level` switches the log off.
    ///   - level: The level of all lines.
    ///   - events: The events to log; all by default.
    public init(logger: Logger, level: Logger.Level = .info, events: Set<ProxyEvent> = Set(ProxyEvent.allCases)) {
        self.logger = logger.printable
        self.level = level
        self.events = events
    }

    /// Passes the call on, and logs it when it is over.
    public nonisolated(nonsending) func intercept<Request: EventRequest, Answer: EventAnswer>(
        _ request: Request,
        context: CallContext,
        next: NextHandler<Request, Answer>
    ) async throws -> Answer {
        guard logger.logLevel <= level else { return try await next(request, context) }
        var line = AccessLogLine(request, event: context.event)
        let start = ContinuousClock.now
        do {
            let answer = try await next(request, context)
            line.duration = start.duration(to: .now)
            line.answered(answer)
            if answer.isExpiry { line.reason = context.refusalReason }
            logWhenOver(line, context, isStream: answer is any SubscriptionAnswer)
            return answer
        } catch {
            line.duration = start.duration(to: .now)
            line.threw(error)
            line.reason = context.refusalReason
            logWhenOver(line, context, isStream: false)
            throw error
        }
    }

    private func logWhenOver(_ line: AccessLogLine, _ context: CallContext, isStream: Bool) {
        let (logger, level) = (logger, level)
        if isStream { logger.log(level: level, "call", metadata: line.metadata) }
        let accepted = ContinuousClock.now
        context.afterAnswer { end in
            var line = line
            if isStream {
                line.duration = accepted.duration(to: .now)
                line.streamEnded(end)
            } else {
                line.ended(end)
            }
            logger.log(level: level, "call", metadata: line.metadata)
        }
    }
}

/// An answer that opens a stream.
private protocol SubscriptionAnswer {}

extension UnidirectionalSubscription: SubscriptionAnswer {}
extension BidirectionalSubscription: SubscriptionAnswer {}
