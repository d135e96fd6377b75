/// The cumulative buckets of a histogram, in ascending order, each bound once and the last one without a bound.
///
/// Whatever a user's histogram has: fewer or more counts than bounds, bounds in any order, infinite ones, and such that are not a
/// number. The counts of the latter are in the last bucket.
struct HistogramBuckets {
    struct Bucket {
        var bound: Double
        var total: UInt64
        var exemplar: MetricExemplar?
    }

    private(set) var list: [Bucket] = []
    /// How many observations there are.
    private(set) var total: UInt64 = 0

    init(_ histogram: HistogramValue) {
        var known = [Double.infinity: Bucket(bound: .infinity, total: 0)]
        for (index, bound) in histogram.bounds.enumerated() {
            let bound = bound.isNaN ? .infinity : bound
            Self.add(index, of: histogram, to: &known[bound, default: Bucket(bound: bound, total: 0)])
        }
        for index in histogram.counts.indices.dropFirst(histogram.bounds.count) {
            Self.add(index, of: histogram, to: &known[.infinity, default: Bucket(bound: .infinity, total: 0)])
        }
        for var bucket in known.values.sorted(by: { $0.bound < $1.bound }) {
            total = Self.sum(total, bucket.total)
            bucket.total = total
            list.append(bucket)
        }
    }

    /// Whether there are buckets for what is negative.
    var areNegative: Bool { (list.first?.bound ?? 0) < 0 }

    private static func add(_ index: Int, of histogram: HistogramValue, to bucket: inout Bucket) {
        if index < histogram.counts.count { bucket.total = sum(bucket.total, histogram.counts[index]) }
        if let exemplar = histogram.exemplars[index], exemplar.isValid { bucket.exemplar = exemplar }
    }

    private static func sum(_ one: UInt64, _ other: UInt64) -> UInt64 {
        let (sum, isTooLarge) = one.addingReportingOverflow(other)
        return isTooLarge ? .max : sum
    }
}

extension MetricExemplar {
    // Characters of the labels of an exemplar, names included (OpenMetrics 1.0, "Exemplars").
    private static let longestLabels = 128

    /// Whether scrapers accept it.
    var isValid: Bool {
        time.isFinite && !value.isNaN && "trace_id".utf8.count + traceID.unicodeScalars.count <= Self.longestLabels
    }
}

extension MetricValue {
    /// Whether it can be a value of such a metric.
    func suits(_ kind: MetricFamily.Kind) -> Bool {
        switch self {
        case .histogram: kind == .histogram
        case .count: kind != .histogram
        // Counters only grow, from zero.
        case .number(let number): kind == .gauge || (kind == .counter && number >= 0)
        }
    }
}
