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
            attributes["rpc.method"] = String(event.path.dropFirst())
            attributes["centrifugo.event"] = event.methodName
        }
    }

    /// Notes what was asked for.
    func note(_ subject: CallSubject?, of event: ProxyEvent) {
        guard let target = subject?.target else { return }
        span.attributes["centrifugo.\(CallSubject.key(ofTargetOf: event))"] = target
    }

    /// Notes the outcome of the call, and ends the span unless a stream goes on.
    func observe(_ observation: CallObservation, at time: Int64) {
        let verdict = observation.verdict
        if let ending = observation.ending {
            span.attributes["centrifugo.end"] = ending.word
            setStatus(observation.endStatus ?? (ending == .left ? .cancelled : .ok))
            return span.end(at: SpanTime(time))
        }
        span.updateAttributes { attributes in
            attributes["centrifugo.verdict"] = verdict.kind.word
            if verdict.code != 0 { attributes["centrifugo.code"] = verdict.codeText }
            if let reason = observation.reason { attributes["centrifugo.reason"] = reason.rawValue }
            if let next = verdict.next { attributes["centrifugo.next"] = next.rawValue }
        }
        guard !ProxyEvent.all[observation.event].isStream || verdict.kind != .accepted else { return }
        setStatus(verdict.status)
        span.end(at: SpanTime(time))
    }

    private func setStatus(_ code: GRPCStatus.Code) {
        span.attributes["rpc.response.status_code"] = code.name
        guard code.isServerError else { return }
        span.attributes["error.type"] = code.name
        span.setStatus(SpanStatus(code: .error))
    }

    /// The trace's id, which tracers of W3C's Trace Context write into `traceparent` (§3.2).
    private static func traceID(of context: ServiceContext, by tracer: any Tracer) -> String {
        var fields: [String: String] = [:]
        tracer.inject(context, into: &fields, using: FieldInjector())
        let parts = fields["traceparent"]?.split(separator: "-") ?? []
        return parts.count >= 2 ? String(parts[1]) : ""
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
