import Tracing

/// A part of a traced call that is worth a span of its own, such as a lookup in a database.
///
/// Names of attributes are OpenTelemetry's. Values must not contain secrets or payloads.
package struct ChildSpan: Sendable {
    /// What a part is to the tracer.
    package enum Kind: Sendable {
        /// Something that this process does.
        case own
        /// A request to another service.
        case request
    }

    private let span: any Span
    private let tracer: any Tracer

    /// Runs a part of the current call in a span; without one for a call that is not traced.
    ///
    /// An error fails the span by its kind, since its text may contain what clients sent; a cancellation does not.
    ///
    /// - Parameters:
    ///   - name: What the part does, as few values as possible.
    ///   - kind: What the part is to the tracer.
    ///   - errorKind: The name of an error's kind.
    ///   - body: The part, which gets the span.
    /// - Returns: What `body` returns.
    package static func run<Result>(
        _ name: String,
        _ kind: Kind = .own,
        errorKind: (any Error) -> String = { "\(type(of: $0))" },
        _ body: (ChildSpan?) async throws -> Result
    ) async rethrows -> Result {
        guard let context = ServiceContext.current, let tracer = context.callTracer else { return try await body(nil) }
        let child = ChildSpan(span: begin(name, kind, context, by: tracer), tracer: tracer)
        defer { child.span.end() }
        return try await ServiceContext.withValue(child.span.context) {
            do {
                return try await body(child)
            } catch {
                if !(error is CancellationError) { child.fail(errorKind(error)) }
                throw error
            }
        }
    }

    /// Sets an attribute.
    package func set(_ name: String, _ value: String) {
        span.attributes[name] = value
    }

    /// Sets an attribute that is a number.
    package func set(_ name: String, _ value: Int) {
        span.attributes[name] = value
    }

    /// Notes that the part failed, and the kind of error.
    package func fail(_ kind: String) {
        span.attributes["error.type"] = kind
        span.setStatus(SpanStatus(code: .error))
    }

    /// The headers that continue the trace in another service.
    package var headers: [(name: String, value: String)] {
        var fields: [String: String] = [:]
        tracer.inject(span.context, into: &fields, using: FieldInjector())
        return fields.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    }

    private static func begin(
        _ name: String,
        _ kind: Kind,
        _ context: ServiceContext,
        by tracer: some Tracer
    ) -> any Span {
        tracer.startSpan(name, context: context, ofKind: kind == .request ? .client : .internal)
    }
}

/// Writes a trace's context into fields, by names in lower case.
struct FieldInjector: Injector {
    func inject(_ value: String, forKey key: String, into fields: inout [String: String]) {
        fields[key.lowercased()] = value
    }
}

extension ServiceContext {
    private enum CallTracerKey: ServiceContextKey {
        typealias Value = any Tracer
        static var nameOverride: String? { "call-tracer" }
    }

    /// The tracer of the current call's span.
    var callTracer: (any Tracer)? {
        get { self[CallTracerKey.self] }
        set { self[CallTracerKey.self] = newValue }
    }
}
