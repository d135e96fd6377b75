import GRPCCall
import Tracing

/// The span of a call that is traced.
///
/// Names of attributes: OpenTelemetry's semantic conventions for RPC spans, and ours with the prefix `centrifugo.`.
final class CallTrace: Sendable {
    /// In hexadecimal; empty when the tracer does not have one.
    let traceID: String
    /// What handlers run with.
    let context: ServiceContext
    private let span: any Span

    init(_ span: any Span, of event: ProxyEvent, by tracer: any Tracer) {
        self.span = span
        let traceID = Self.traceID(of: span.context, by: tracer)
        self.traceID = traceID
        var context = span.context
        context.callTraceID = traceID
        context.callTracer = tracer
        self.context = context
        span.updateAttributes { attributes in
            attributes["rpc.system.name"] = "grpc"
            attributes["rpc.method"] = event.fullName
            attributes["centrifugo.event"] = event.methodName
        }
    }

    /// Notes the decision of a call, or the end of its stream: all at once, since a span copies its attributes for a change.
    func note(_ observation: CallObservation, about subject: CallSubject?) {
        let status = observation.finalStatus
        span.updateAttributes { attributes in
            if let ending = observation.ending {
                attributes["centrifugo.end"] = ending.word
            } else {
                Self.note(observation, subject, in: &attributes)
            }
            guard let status else { return }
            attributes["rpc.response.status_code"] = status.name
            if status.isServerError { attributes["error.type"] = status.name }
        }
        if status?.isServerError ?? false { span.setStatus(SpanStatus(code: .error)) }
    }

    private static func note(
        _ observation: CallObservation,
        _ subject: CallSubject?,
        in attributes: inout SpanAttributes
    ) {
        let verdict = observation.verdict
        if let target = subject?.target {
            let key = CallSubject.key(ofTargetOf: ProxyEvent.all[observation.event])
            // Of the bridge's methods, what follows the path may be a payload.
            attributes["centrifugo.\(key)"] = String(target.prefix { $0 != "?" })
        }
        attributes["centrifugo.verdict"] = verdict.kind.word
        if verdict.code != 0 { attributes["centrifugo.code"] = verdict.codeText }
        if let reason = observation.reason { attributes["centrifugo.reason"] = reason.rawValue }
        if let next = verdict.next { attributes["centrifugo.next"] = next.rawValue }
    }

    /// Ends the span.
    func end(at time: Int64) {
        span.end(at: SpanTime(time))
    }

    /// The trace's id, which tracers of W3C's Trace Context write into `traceparent` (§3.2).
    private static func traceID(of context: ServiceContext, by tracer: any Tracer) -> String {
        var parent = ""
        tracer.inject(context, into: &parent, using: TraceparentInjector())
        let parts = parent.utf8.split(separator: UInt8(ascii: "-"), maxSplits: 2)
        return parts.count >= 2 ? String(parts[1]) ?? "" : ""
    }
}

extension CallObservation {
    /// What the peer has got in the end, as a gRPC status; nil while a stream goes on.
    var finalStatus: GRPCStatus.Code? {
        if let ending { return endStatus ?? (ending == .left ? .cancelled : .ok) }
        return verdict.kind == .accepted && ProxyEvent.all[event].isStream ? nil : verdict.status
    }
}

extension GRPCStatus.Code {
    /// Whether a server's span has failed (semantic conventions for gRPC: server spans).
    fileprivate var isServerError: Bool {
        switch self {
        case .unknown, .deadlineExceeded, .unimplemented, .internalError, .unavailable, .dataLoss: true
        default: false
        }
    }
}

/// Takes only the field `traceparent`.
private struct TraceparentInjector: Injector {
    private static let key = "traceparent"

    func inject(_ value: String, forKey key: String, into parent: inout String) {
        if key.utf8.count == Self.key.utf8.count, key.lowercased() == Self.key { parent = value }
    }
}

extension ServiceContext {
    private enum CallTraceIDKey: ServiceContextKey {
        typealias Value = String
        static var nameOverride: String? { "call-trace-id" }
    }

    /// The id of the trace that the current call's span belongs to.
    var callTraceID: String? {
        get { self[CallTraceIDKey.self] }
        set { self[CallTraceIDKey.self] = newValue }
    }
}
