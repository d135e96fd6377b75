import Synchronization
public import Tracing

/// A span of ``OTLPTracer``.
public final class OTLPSpan: Span {
    /// What a span collects until it ends.
    struct Record: Sendable {
        /// How many of each OpenTelemetry's SDKs keep by default.
        static let mostItems = 128
        /// The same of attributes of an event or of a link.
        static let mostInnerItems = 16
        /// The most bytes of a name or of an attribute's text.
        static let mostText = 1_024

        var name: String
        let kind: SpanKind
        let context: TraceContext
        let parent: UInt64?
        let start: UInt64
        var end: UInt64 = 0
        var attributes = SpanAttributes()
        var droppedAttributes = 0
        var events: [SpanEvent] = []
        var droppedEvents = 0
        var links: [(context: TraceContext, attributes: SpanAttributes)] = []
        var droppedLinks = 0
        var status: SpanStatus?
        var isOver = false
    }

    /// What children of the span are made with.
    public let context: ServiceContext
    /// Whether the span will be sent.
    public let isRecording: Bool
    private let record: Mutex<Record>
    private let finish: @Sendable (Record) -> Void

    init(_ record: Record, in context: ServiceContext, isRecording: Bool, finish: @escaping @Sendable (Record) -> Void)
    {
        var context = context
        context.traceContext = record.context
        self.context = context
        self.isRecording = isRecording
        self.record = Mutex(record)
        self.finish = finish
    }

    /// The name.
    public var operationName: String {
        get { record.withLock { $0.name } }
        set { change { $0.name = newValue } }
    }

    /// The attributes, 128 at most.
    public var attributes: SpanAttributes {
        get { record.withLock { $0.attributes } }
        set {
            change { record in
                let (kept, dropped) = newValue.bounded(to: Record.mostItems, keeping: record.attributes)
                record.attributes = kept
                record.droppedAttributes += dropped
            }
        }
    }

    /// Sets whether the operation succeeded.
    public func setStatus(_ status: SpanStatus) {
        change { $0.status = status }
    }

    /// Adds an event; 128 are kept.
    public func addEvent(_ event: SpanEvent) {
        var event = event
        event.attributes = event.attributes.bounded(to: Record.mostInnerItems).kept
        change { record in
            if record.events.count < Record.mostItems { record.events.append(event) } else { record.droppedEvents += 1 }
        }
    }

    /// Adds an error's type as an event, but for a cancellation.
    public func recordError<Instant: TracerInstant>(
        _ error: any Error,
        attributes: SpanAttributes,
        at instant: @autoclosure () -> Instant
    ) {
        guard !(error is CancellationError) else { return }
        // OpenTelemetry's semantic conventions for exceptions, without the text, which may contain what clients sent.
        var attributes = attributes
        attributes["exception.type"] = String(reflecting: type(of: error))
        addEvent(SpanEvent(name: "exception", at: instant(), attributes: attributes))
    }

    /// Refers to another span; 128 links are kept.
    public func addLink(_ link: SpanLink) {
        guard let context = link.context.traceContext else { return }
        change { record in
            if record.links.count < Record.mostItems {
                record.links.append((context, link.attributes.bounded(to: Record.mostInnerItems).kept))
            } else {
                record.droppedLinks += 1
            }
        }
    }

    /// Ends the span, once, and hands it to the exporter.
    public func end<Instant: TracerInstant>(at instant: @autoclosure () -> Instant) {
        let time = instant().nanosecondsSinceEpoch
        let ended = record.withLock { record -> Record? in
            guard !record.isOver else { return nil }
            record.isOver = true
            record.end = max(time, record.start)
            return record
        }
        if isRecording, let ended { finish(ended) }
    }

    private func change(_ body: (inout sending Record) -> Void) {
        guard isRecording else { return }
        record.withLock { record in
            if !record.isOver { body(&record) }
        }
    }
}
