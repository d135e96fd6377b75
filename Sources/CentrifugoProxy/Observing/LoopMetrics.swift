import GRPCCall
import MetricsExposition

/// The counts of one event loop: plain arrays, which calls on the loop change without a lock and without an allocation.
///
/// A scrape copies them on the loop and adds up those of all loops.
struct LoopMetrics: Sendable {
    private static let events = ProxyEvent.allCases.count
    static let statuses = GRPCStatus.Code.allCases.count

    /// Calls by event, place of the verdict and place of the next step.
    private(set) var calls = [UInt64](repeating: 0, count: events * VerdictSlot.count * NextStep.slotCount)
    /// By event and reason.
    private(set) var refusals = [UInt64](repeating: 0, count: events * RefusalReason.slotCount)
    /// By event and ending.
    private(set) var streamsEnded = [UInt64](repeating: 0, count: events * StreamEnding.allCases.count)
    /// By event and gRPC status.
    private(set) var durations = HistogramCounts(.durations, series: events * statuses)
    /// By event.
    private(set) var timeLeft = HistogramCounts(.timeLeft, series: events)
    private(set) var requestSizes = HistogramCounts(.sizes, series: events)
    private(set) var answerSizes = HistogramCounts(.sizes, series: events)
    private(set) var ticks = HistogramCounts(.ticks, series: 1)
    private(set) var heldTicks: UInt64 = 0
    /// Open streams by event.
    private(set) var openStreams = [Int](repeating: 0, count: events)

    static func callSlot(event: Int, verdict: Int, next: Int) -> Int {
        (event * VerdictSlot.count + verdict) * NextStep.slotCount + next
    }

    mutating func count(_ verdict: CallVerdict, reason: RefusalReason?, ofEventAt event: Int, times: UInt64) {
        let next = NextStep.slot(of: verdict.next)
        calls[Self.callSlot(event: event, verdict: VerdictSlot.index(of: verdict), next: next)] += times
        if let reason { refusals[event * RefusalReason.slotCount + reason.slot] += times }
    }

    mutating func took(
        _ duration: UInt64,
        _ status: GRPCStatus.Code,
        ofEventAt event: Int,
        times: UInt64,
        trace: MetricExemplar?
    ) {
        let series = event * Self.statuses + status.rawValue
        durations.observe(duration, in: series, times: times, exemplar: trace)
    }

    mutating func hadLeft(_ time: UInt64, ofEventAt event: Int, times: UInt64) {
        timeLeft.observe(time, in: event, times: times)
    }

    mutating func received(_ bytes: Int, ofEventAt event: Int) {
        requestSizes.observe(UInt64(bytes), bucket: Buckets.index(ofSize: bytes), in: event)
    }

    mutating func answered(_ bytes: Int, ofEventAt event: Int) {
        answerSizes.observe(UInt64(bytes), bucket: Buckets.index(ofSize: bytes), in: event)
    }

    mutating func streamEnded(_ ending: StreamEnding, ofEventAt event: Int) {
        streamsEnded[event * StreamEnding.allCases.count + Int(ending.rawValue)] += 1
    }

    mutating func countOpenStream(_ change: Int, ofEventAt event: Int) {
        openStreams[event] += change
    }

    mutating func ticked(_ duration: UInt64, wasHeld: Bool) {
        ticks.observe(duration, in: 0)
        if wasHeld { heldTicks += 1 }
    }

    /// Adds the counts of another loop.
    mutating func add(_ other: LoopMetrics) {
        Self.add(other.calls, to: &calls)
        Self.add(other.refusals, to: &refusals)
        Self.add(other.streamsEnded, to: &streamsEnded)
        durations.add(other.durations)
        timeLeft.add(other.timeLeft)
        requestSizes.add(other.requestSizes)
        answerSizes.add(other.answerSizes)
        ticks.add(other.ticks)
        heldTicks += other.heldTicks
        for index in openStreams.indices { openStreams[index] += other.openStreams[index] }
    }

    fileprivate static func add(_ counts: [UInt64], to sums: inout [UInt64]) {
        for index in sums.indices { sums[index] += counts[index] }
    }
}

/// The counts of several histograms with the same buckets.
struct HistogramCounts: Sendable {
    let buckets: Buckets
    /// The number of buckets.
    private let width: Int
    private var counts: [UInt64]
    private var sums: [UInt64]
    /// The newest traced observation of a bucket.
    private var exemplars: [Int: MetricExemplar] = [:]

    init(_ buckets: Buckets, series: Int) {
        self.buckets = buckets
        width = buckets.count
        counts = Array(repeating: 0, count: series * buckets.count)
        sums = Array(repeating: 0, count: series)
    }

    mutating func observe(
        _ value: UInt64,
        in series: Int,
        times: UInt64 = 1,
        exemplar: MetricExemplar? = nil
    ) {
        observe(value, bucket: buckets.index(of: value), in: series, times: times, exemplar: exemplar)
    }

    mutating func observe(
        _ value: UInt64,
        bucket: Int,
        in series: Int,
        times: UInt64 = 1,
        exemplar: MetricExemplar? = nil
    ) {
        let index = series * width + bucket
        counts[index] += times
        // Years of nanoseconds fit; a sum that has wrapped looks like a restart to Prometheus.
        sums[series] &+= value &* times
        if let exemplar { exemplars[index] = exemplar }
    }

    mutating func add(_ other: HistogramCounts) {
        LoopMetrics.add(other.counts, to: &counts)
        for index in sums.indices { sums[index] &+= other.sums[index] }
        exemplars.merge(other.exemplars) { $0.time > $1.time ? $0 : $1 }
    }

    /// The histogram of some series together.
    func histogram(of series: Range<Int>, bounds: [UInt64]? = nil) -> HistogramValue {
        var total = [UInt64](repeating: 0, count: buckets.count)
        var sum: UInt64 = 0
        var newest: [Int: MetricExemplar] = [:]
        for one in series {
            sum &+= sums[one]
            for bucket in 0..<buckets.count {
                let index = one * buckets.count + bucket
                total[bucket] += counts[index]
                guard let exemplar = exemplars[index] else { continue }
                if newest[bucket].map({ $0.time < exemplar.time }) ?? true { newest[bucket] = exemplar }
            }
        }
        return buckets.histogram(total, sum: sum, exemplars: newest, bounds: bounds)
    }

    /// Whether a series has observations.
    func isEmpty(_ series: Int) -> Bool {
        counts[series * buckets.count..<(series + 1) * buckets.count].allSatisfy { $0 == 0 }
    }
}
