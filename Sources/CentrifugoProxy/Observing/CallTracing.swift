import GRPCCall
public import Tracing

/// How a server's calls are traced.
///
/// Handlers of a traced call run with the span's context as `ServiceContext.current`, so that spans of their own become its
/// children.
public struct CallTracing: Sendable {
    /// What a trace context that Centrifugo forwards from a client's header is for a call's span.
    ///
    /// Centrifugo itself sends none. A client's belongs to its connection, and repeats in each of the connection's calls.
    public enum ForwardedContext: String, Sendable, Hashable, CaseIterable {
        /// Another trace, to which the span refers.
        case link
        /// The span's parent, which also decides whether the call is traced.
        case parent
    }

    let tracer: any Tracer
    let sample: Double
    let forwarded: ForwardedContext

    /// Traces calls by a tracer.
    ///
    /// - Parameters:
    ///   - tracer: Makes the spans.
    ///   - sample: The share of calls that get a span, from 0 to 1; values outside count as the nearest one.
    ///   - forwarded: What a forwarded `traceparent` is for a span.
    public init(_ tracer: any Tracer, sample: Double = 1, forwarded: ForwardedContext = .link) {
        self.tracer = tracer
        self.sample = sample.isNaN ? 0 : min(max(sample, 0), 1)
        self.forwarded = forwarded
    }

    /// Begins the span of a call that chance has chosen, or for which a forwarded context may decide.
    ///
    /// - Parameters:
    ///   - event: The call's event.
    ///   - metadata: The call's metadata.
    ///   - time: When the call came, in nanoseconds since 1970; read only for a span.
    ///   - dice: The chance.
    /// - Returns: The span; nil when chance, its tracer or its parent decides against it.
    func begin(
        _ event: ProxyEvent,
        _ metadata: Metadata,
        at time: @autoclosure () -> Int64,
        by dice: inout SampleDice
    ) -> CallTrace? {
        var context = ServiceContext.topLevel
        if metadata.first("traceparent") != nil {
            tracer.extract(metadata, into: &context, using: MetadataExtractor())
        }
        // A header that no tracer understands is not a parent: a client must not have all its calls traced by it.
        let isChild = forwarded == .parent && !context.isEmpty
        guard isChild || forwarded == .link || dice.chooses(sample) else { return nil }
        let parent = isChild ? context : .topLevel
        let span = makeSpan(by: tracer, event.fullName, parent, at: SpanTime(time()))
        guard span.isRecording else { return nil }
        if !isChild, !context.isEmpty { span.addLink(SpanLink(context: context, attributes: [:])) }
        return CallTrace(span, of: event, by: tracer)
    }

    private func makeSpan(
        by tracer: some Tracer,
        _ name: String,
        _ context: ServiceContext,
        at time: SpanTime
    ) -> any Span {
        tracer.startSpan(
            name,
            context: context,
            ofKind: .server,
            at: time,
            function: #function,
            file: #fileID,
            line: #line
        )
    }
}

/// A moment, for the spans of tracers.
struct SpanTime: TracerInstant {
    let nanosecondsSinceEpoch: UInt64

    init(_ nanoseconds: Int64) {
        nanosecondsSinceEpoch = UInt64(clamping: nanoseconds)
    }

    static func < (left: SpanTime, right: SpanTime) -> Bool {
        left.nanosecondsSinceEpoch < right.nanosecondsSinceEpoch
    }
}

/// Reads trace contexts from a call's metadata.
private struct MetadataExtractor: Extractor {
    func extract(key: String, from metadata: Metadata) -> String? {
        let values = metadata[key.lowercased()]
        // A list may come in several fields (§3.3.1.1); of two parents, either may be forged.
        return key.lowercased() == "tracestate" ? values.joined(separator: ",") : values.count == 1 ? values[0] : nil
    }
}
