import GRPCCall
import HTTP2Transport
import Logging
import Synchronization

/// Logs handlers that fail, at most one line in ten seconds: while a database is down, every call fails.
///
/// The limit applies to each event and type of error, so that a lasting failure does not hide others.
final class HandlerFailures: Sendable {
    private struct Kind: Hashable {
        let event: ProxyEvent
        let error: ObjectIdentifier
        // Streams fail for different reasons before and after they were accepted.
        let isServing: Bool
    }

    private let failed = Mutex<[Kind: LogThrottle]>([:])
    private let tooLarge = Dictionary(uniqueKeysWithValues: ProxyEvent.allCases.map { ($0, LogThrottle()) })

    /// Logs what went wrong in a handler; its peer does not learn it.
    ///
    /// - Parameters:
    ///   - error: The error that the handler threw.
    ///   - call: What all copies of the call's context share.
    ///   - subject: The call's user, and its method or channel.
    ///   - isServing: Whether the call is a stream that was accepted before.
    ///   - logger: The log.
    func report(
        _ error: any Error,
        of call: CallRecord,
        about subject: CallSubject?,
        isServing: Bool = false,
        to logger: Logger
    ) {
        let kind = Kind(event: call.event, error: ObjectIdentifier(type(of: error)), isServing: isServing)
        throttle(kind).log(.error, logger, "handler failed") {
            var metadata = subject?.metadata(of: call.event) ?? [:]
            metadata["event"] = "\(call.event.methodName)"
            metadata["error"] = "\(error)"
            if let reason = call.refusalReason { metadata["reason"] = "\(reason)" }
            return metadata
        }
    }

    /// Logs that an answer was not sent because of its size, and returns the status to send instead.
    func answerTooLarge(_ event: ProxyEvent, byteCount: Int, to logger: Logger) -> GRPCStatus {
        tooLarge[event]?.log(.error, logger, "an answer is larger than Centrifugo accepts and was not sent") {
            ["event": "\(event.methodName)", "bytes": "\(byteCount)", "reason": "\(RefusalReason.tooLarge)"]
        }
        return GRPCStatus(.resourceExhausted, "the answer is too large")
    }

    /// The throttle of a kind; there are as many kinds as a program has types of errors.
    private func throttle(_ kind: Kind) -> LogThrottle {
        failed.withLock { throttles in
            if let throttle = throttles[kind] { return throttle }
            let throttle = LogThrottle()
            throttles[kind] = throttle
            return throttle
        }
    }
}
