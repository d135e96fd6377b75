import HTTP2Transport
public import Logging
import ProxyMessages

/// Turns the application's own errors into refusals, by a table.
///
/// ```swift
/// var errors = ErrorMapping(logger: logger)
/// errors.map(QuotaExceeded.self, to: CentrifugoError.rateLimited)
/// errors.map(DatabaseError.self, on: .connect, to: Disconnect.serverError)
/// errors.map(DatabaseError.self) { $0.isTransient ? CentrifugoError.unavailable : nil }
///
/// let service = ProxyService(interceptors: [errors], connect: …)
/// ```
///
/// The first entry in the order of the table decides that knows the error's type and stands for the event. An error that
/// no entry takes stays what it is: its call fails with UNKNOWN, and its text goes to the log only. The same is true of the
/// text of an error that is turned into a refusal.
public struct ErrorMapping: Interceptor {
    private struct Entry: Sendable {
        let events: Set<ProxyEvent>?
        let refusal: @Sendable (any Error) -> (any Refusal)?
        // While a database is down, each call fails.
        let throttle = LogThrottle()
    }

    private var entries: [Entry] = []
    private let logger: Logger?
    private let level: Logger.Level

    /// Makes a table without entries.
    ///
    /// - Parameters:
    ///   - logger: Where the errors are logged that become refusals, those of an entry once in ten seconds; nil loses them.
    ///   - level: The level of these lines.
    public init(logger: Logger? = nil, level: Logger.Level = .notice) {
        self.logger = logger?.printable
        self.level = level
    }

    /// Adds an entry: errors of a type become one refusal.
    ///
    /// - Parameters:
    ///   - type: The type of the errors, which may be a protocol.
    ///   - events: The events for which the entry stands; all when none is given.
    ///   - refusal: What the peer gets instead.
    public mutating func map<Failure>(_ type: Failure.Type, on events: ProxyEvent..., to refusal: any Refusal) {
        add(events) { $0 is Failure ? refusal : nil }
    }

    /// Adds an entry: errors of a type become what a closure makes of them.
    ///
    /// - Parameters:
    ///   - type: The type of the errors, which may be a protocol.
    ///   - events: The events for which the entry stands; all when none is given.
    ///   - refusal: Makes what the peer gets instead; nil leaves the error to later entries.
    public mutating func map<Failure>(
        _ type: Failure.Type,
        on events: ProxyEvent...,
        to refusal: @escaping @Sendable (Failure) -> (any Refusal)?
    ) {
        add(events) { ($0 as? Failure).flatMap(refusal) }
    }

    /// Adds an entry: errors that are not refusals become one, whatever their type.
    ///
    /// - Parameters:
    ///   - events: The events for which the entry stands; all when none is given.
    ///   - refusal: What the peer gets instead.
    public mutating func mapOthers(on events: ProxyEvent..., to refusal: any Refusal) {
        add(events) { isRefusal($0) ? nil : refusal }
    }

    private mutating func add(_ events: [ProxyEvent], _ refusal: @escaping @Sendable (any Error) -> (any Refusal)?) {
        entries.append(Entry(events: events.isEmpty ? nil : Set(events), refusal: refusal))
    }

    /// Hands the call on, and looks what it throws up in the table.
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
            entry.throttle.log(level, logger, "an error was turned into a refusal") {
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
