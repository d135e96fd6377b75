import HTTP2Transport
public import Logging
import ProxyMessages

/// Turns the application's own errors into refusals, by a table.
///
/// ```swift
/// var errors = ErrorMapping(logger: logger)
/// errors.map(QuotaExceeded.self, to: .rateLimited)
/// errors.map(DatabaseError.self, on: .connect, to: .serverError)
/// errors.map(DatabaseError.self) { $0.isTransient ? CentrifugoError.unavailable : nil }
///
/// let service = ProxyService(interceptors: [errors], connect: …)
/// ```
///
/// The first entry that matches the error's type and the event decides. An error that matches no entry stays as it is:
/// its call fails with UNKNOWN, and its text appears only in the log. The text of an error that becomes a refusal
/// appears only there as well.
public struct ErrorMapping: Interceptor {
    private struct Entry: Sendable {
        let events: Set<ProxyEvent>?
        let refusal: @Sendable (any Error) -> (any Refusal)?
        // While a database is down, every call fails.
        let throttle = LogThrottle()
    }

    private var entries: [Entry] = []
    private let logger: Logger?
    private let level: Logger.Level

    /// Makes a table without entries.
    ///
    /// - Parameters:
    ///   - logger: Logs the errors that become refusals, once in ten seconds for each entry; nil does not log them.
    ///   - level: The level of these lines.
    public init(logger: Logger? = nil, level: Logger.Level = .notice) {
        self.logger = logger?.printable
        self.level = level
    }

    /// Adds an entry that turns errors of a type into one refusal.
    ///
    /// - Parameters:
    ///   - type: The type of the errors, which may be a protocol.
    ///   - events: The events that the entry applies to; all of them by default.
    ///   - refusal: The refusal that the peer gets instead.
    public mutating func map<Failure>(_ type: Failure.Type, on events: ProxyEvent..., to refusal: any Refusal) {
        add(events) { $0 is Failure ? refusal : nil }
    }

    /// Adds an entry that turns errors of a type into what a closure returns.
    ///
    /// - Parameters:
    ///   - type: The type of the errors, which may be a protocol.
    ///   - events: The events that the entry applies to; all of them by default.
    ///   - refusal: Returns what the peer gets instead, or nil to leave the error to later entries.
    public mutating func map<Failure>(
        _ type: Failure.Type,
        on events: ProxyEvent...,
        to refusal: @escaping @Sendable (Failure) -> (any Refusal)?
    ) {
        add(events) { ($0 as? Failure).flatMap(refusal) }
    }

    /// Adds an entry that turns errors of any type into one refusal, unless they are refusals already.
    ///
    /// - Parameters:
    ///   - events: The events that the entry applies to; all of them by default.
    ///   - refusal: The refusal that the peer gets instead.
    public mutating func mapOthers(on events: ProxyEvent..., to refusal: any Refusal) {
        add(events) { isRefusal($0) ? nil : refusal }
    }

    private mutating func add(_ events: [ProxyEvent], _ refusal: @escaping @Sendable (any Error) -> (any Refusal)?) {
        entries.append(Entry(events: events.isEmpty ? nil : Set(events), refusal: refusal))
    }

    /// Passes the call on, and looks up in the table what it throws.
    public nonisolated(nonsending) func intercept<Request: EventRequest, Answer: EventAnswer>(
        _ request: Request,
        context: CallContext,
        next: NextHandler<Request, Answer>
    ) async throws -> Answer {
        do {
            return try await next(request, context)
        } catch {
            throw refusal(for: error, context) ?? error
        }
    }

    private func refusal(for error: any Error, _ context: CallContext) -> (any Refusal)? {
        let event = context.event
        for entry in entries where entry.events?.contains(event) ?? true {
            guard let refusal = entry.refusal(error) else { continue }
            guard let logger else { return refusal }
            entry.throttle.log(level, logger, "turned an error into a refusal") {
                var metadata: Logger.Metadata = [
                    "event": "\(event.methodName)", "error": "\(error)", "refusal": "\(refusal)",
                ]
                if let reason = context.refusalReason { metadata["reason"] = "\(reason)" }
                return metadata
            }
            return refusal
        }
        return nil
    }
}
