import Synchronization

/// The spans that wait for the exporter.
final class SpanQueue: Sendable {
    private struct State {
        var spans: [OTLPSpan.Record] = []
        var counts = OTLPTracer.Counts()
        var isClosed = false
    }

    private let state = Mutex(State())
    private let limit: Int
    private let batch: Int
    private let wakes: AsyncStream<Void>.Continuation
    /// Has an element when a batch is full, or when somebody asks for the spans to be sent.
    let woken: AsyncStream<Void>

    init(limit: Int, batch: Int) {
        self.limit = limit
        self.batch = min(batch, limit)
        (woken, wakes) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    var counts: OTLPTracer.Counts { state.withLock { $0.counts } }

    /// How many spans wait.
    var count: Int { state.withLock { $0.spans.count } }

    /// Whether as many spans wait as are sent at a time.
    var hasBatch: Bool { count >= batch }

    var isClosed: Bool { state.withLock { $0.isClosed } }

    /// Takes no more spans, and ends the sequence.
    func close() {
        state.withLock { $0.isClosed = true }
        wakes.finish()
    }

    func add(_ span: OTLPSpan.Record) {
        let isFull = state.withLock { state in
            guard state.spans.count < limit, !state.isClosed else {
                state.counts.dropped += 1
                return false
            }
            state.spans.append(span)
            return state.spans.count == batch
        }
        if isFull { wakes.yield() }
    }

    func wake() {
        wakes.yield()
    }

    /// The next batch; empty when nothing waits.
    func take() -> [OTLPSpan.Record] {
        state.withLock { state in
            guard state.spans.count > batch else {
                defer { state.spans = [] }
                return state.spans
            }
            defer { state.spans.removeFirst(batch) }
            return Array(state.spans[..<batch])
        }
    }

    func count(_ change: (inout OTLPTracer.Counts) -> Void) {
        state.withLock { change(&$0.counts) }
    }
}
