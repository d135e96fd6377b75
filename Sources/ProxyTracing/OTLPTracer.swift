public import Logging
public import ServiceLifecycle
public import Tracing

/// A tracer that sends its spans to an OpenTelemetry collector, by OTLP over gRPC.
///
/// Run it as a service: spans are sent while it runs, and the last ones when it is shut down. Until then they wait, and what
/// does not fit is dropped and counted.
///
/// Trace contexts are W3C's: `traceparent` and `tracestate`.
public struct OTLPTracer: Tracer, Service {
    /// What it makes.
    public typealias Span = OTLPSpan

    private let sample: Double
    private let queue: SpanQueue
    private let exporter: SpanExporter

    /// Makes a tracer.
    ///
    /// - Parameters:
    ///   - configuration: Where spans go, and how.
    ///   - logger: Is told when spans cannot be sent.
    /// - Throws: An error whose description names a TLS file that cannot be used, and what to change.
    public init(_ configuration: Configuration, logger: Logger) throws {
        sample = configuration.sample
        queue = SpanQueue(limit: configuration.maxWaiting, batch: configuration.maxBatch)
        exporter = try SpanExporter(configuration, queue, logger: logger)
    }

    /// Sends spans until the service is shut down, and then the last ones.
    public func run() async throws {
        await exporter.run()
    }

    /// What happened to the spans that ended so far.
    public var counts: Counts { queue.counts }

    /// What happened to a tracer's spans.
    public struct Counts: Sendable, Hashable {
        /// Those that the collector has accepted.
        public var exported = 0
        /// Those for which there was no room.
        public var dropped = 0
        /// Those that could not be sent, or that the collector has rejected.
        public var failed = 0

        /// No spans.
        public init() {}
    }

    /// Begins a span, in the trace of its parent if there is one.
    public func startSpan<Instant: TracerInstant>(
        _ operationName: String,
        context: @autoclosure () -> ServiceContext,
        ofKind kind: SpanKind,
        at instant: @autoclosure () -> Instant,
        function: String,
        file fileID: String,
        line: UInt
    ) -> OTLPSpan {
        let serviceContext = context()
        let parent = serviceContext.traceContext
        // The root decides for its trace.
        var own = TraceContext.root()
        if let parent {
            own.traceID = parent.traceID
            own.isSampled = parent.isSampled
            own.state = parent.state
        } else {
            own.isSampled = isSampled(own)
        }
        let record = OTLPSpan.Record(
            name: operationName,
            kind: kind,
            context: own,
            parent: parent?.spanID,
            start: own.isSampled ? instant().nanosecondsSinceEpoch : 0
        )
        return OTLPSpan(record, in: serviceContext, isRecording: own.isSampled) { [queue] in queue.add($0) }
    }

    /// Begins a span, for code that does not know the tracer's type.
    @available(*, deprecated)
    public func startAnySpan<Instant: TracerInstant>(
        _ operationName: String,
        context: @autoclosure () -> ServiceContext,
        ofKind kind: SpanKind,
        at instant: @autoclosure () -> Instant,
        function: String,
        file fileID: String,
        line: UInt
    ) -> any Tracing.Span {
        startSpan(
            operationName,
            context: context(),
            ofKind: kind,
            at: instant(),
            function: function,
            file: fileID,
            line: line
        )
    }

    /// Asks for the waiting spans to be sent without delay; does not wait for that.
    @available(*, deprecated)
    public func forceFlush() {
        queue.wake()
    }

    /// Reads a context from `traceparent` and `tracestate`.
    public func extract<Carrier, Extract: Extractor>(
        _ carrier: Carrier,
        into context: inout ServiceContext,
        using extractor: Extract
    ) where Extract.Carrier == Carrier {
        guard let traceparent = extractor.extract(key: "traceparent", from: carrier) else { return }
        let state = extractor.extract(key: "tracestate", from: carrier)
        guard let read = TraceContext(traceparent: traceparent, tracestate: state) else { return }
        context.traceContext = read
    }

    /// Writes a context into `traceparent` and `tracestate`.
    public func inject<Carrier, Inject: Injector>(
        _ context: ServiceContext,
        into carrier: inout Carrier,
        using injector: Inject
    ) where Inject.Carrier == Carrier {
        guard let context = context.traceContext else { return }
        injector.inject(context.traceparent, forKey: "traceparent", into: &carrier)
        if !context.state.isEmpty { injector.inject(context.state, forKey: "tracestate", into: &carrier) }
    }

    /// Decides by the trace's identifier, as OpenTelemetry's TraceIdRatioBased does.
    private func isSampled(_ context: TraceContext) -> Bool {
        sample >= 1 || Double(context.traceID.low >> 1) < sample * Double(1 << 63 as UInt64)
    }
}
