import GRPCCall
import HTTP2Transport
import Logging
import Synchronization

/// Tells operators of handlers that fail: while a database is down each call fails, and there is one line in ten seconds.
///
/// There is one for each event and type of error, so that a failure that goes on hides no other.
final class HandlerFailures: Sendable {
    private struct Kind: Hashable {
        let event: ProxyEvent
        let error: ObjectIdentifier
        // Streams that were accepted fail by other causes than those that were not.
        let isServing: Bool
    }

    private let failed = Mutex<[Kind: LogThrottle]>([:])
    private let tooLarge = Dictionary(uniqueKeysWithValues: ProxyEvent.allCases.map { ($0, LogThrottle()) })

    /// Says what went wrong in a handler; its peer hears nothing of it.
    ///
    /// - Parameters:
    ///   - error: What the handler has thrown.
    ///   - call: What all copies of the call's context share.
    ///   - subject: What the call is about.
    ///   - isServing: Whether the call is a stream that was accepted before.
    ///   - logger: Where it is said.
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

    /// Says that an answer was not sent, and returns what is sent instead.
    func answerTooLarge(_ event: ProxyEvent, byteCount: Int, to logger: Logger) -> GRPCStatus {
        tooLarge[event]?.log(.error, logger, "an answer is larger than Centrifugo accepts and was not sent") {
            ["event": "\(event.methodName)", "bytes": "\(byteCount)", "reason": "\(RefusalReason.tooLarge)"]
        }
        return GRPCStatus(.resourceExhausted, "the answer is too large")
    }

    /// As many as a program has types of errors.
    private func throttle(_ kind: Kind) -> LogThrottle {
        failed.withLock { throttles in
            if let throttle = throttles[kind] { return throttle }
            let throttle = LogThrottle()
            throttles[kind] = throttle
            return throttle
        }
    }
}
