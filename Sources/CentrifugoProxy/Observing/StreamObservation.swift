import GRPCCall
import ProxyMessages

/// What the observer is told of one subscription's stream: the decision, once, and the end of a stream that was accepted.
struct StreamObservation {
    private let event: Int
    private unowned(safe) let observer: CallObserver?
    private let receivedAt: UInt64
    private var subject: CallSubject?
    private var isDecided = false
    private var isAccepted = false
    let trace: CallTrace?

    /// Begins to observe a stream that opens.
    ///
    /// - Parameters:
    ///   - event: The stream's event.
    ///   - observer: Who is told; nil for nobody.
    ///   - time: When the stream was opened, in nanoseconds of `ServerLoop.clock`.
    ///   - metadata: The metadata of its call.
    init(of event: ProxyEvent, by observer: CallObserver?, at time: UInt64, _ metadata: SharedMetadata) {
        self.event = event.index
        self.observer = observer
        receivedAt = time
        trace = observer?.beginTrace(of: event, metadata.values, receivedAt: time)
        observer?.metrics.countOpenStream(1, ofEventAt: self.event)
    }

    /// The bytes of what is kept for the end.
    var byteCount: Int { subject?.byteCount ?? 0 }

    /// The request has arrived.
    mutating func request(_ request: SubscribeRequest, byteCount: Int) {
        guard let observer else { return }
        observer.metrics.received(byteCount, ofEventAt: event)
        if trace != nil || observer.isLogging(eventAt: event) { subject = CallSubject(request) }
    }

    /// The peer gets the decision.
    mutating func decided(_ verdict: CallVerdict, _ call: CallRecord) {
        guard let observer, !isDecided else { return }
        isDecided = true
        isAccepted = verdict.kind == .accepted
        var observation = CallObservation(event: event, verdict, receivedAt: receivedAt)
        observation.trace = trace
        observation.reason = isAccepted ? nil : call.refusalReason
        observation.deadline = call.deadline
        observer.observe(observation, about: subject)
    }

    /// The stream is over.
    mutating func ended(_ end: CallEnd, _ call: CallRecord) {
        guard let observer else { return }
        observer.metrics.countOpenStream(-1, ofEventAt: event)
        if isAccepted {
            var observation = CallObservation(event: event, .accepted, receivedAt: receivedAt)
            observation.trace = trace
            observation.ending = StreamEnding(end)
            if case .failed(let status) = end { observation.endStatus = status.code }
            observer.observe(observation, about: subject)
        } else if case .failed(let status) = end {
            decided(CallVerdict(failed: status, of: ProxyEvent.all[event]), call)
        } else {
            decided(.abandoned, call)
        }
    }
}
