import MetricsExposition

/// The upper bounds of a histogram's buckets, ascending, in whole units.
struct Buckets: Sendable {
    let bounds: [UInt64]
    /// How many units are one of the metric's: a thousand million nanoseconds are a second.
    let scale: Double

    init(_ bounds: [UInt64], scale: Double = 1) {
        self.bounds = bounds
        self.scale = scale
    }

    /// The number of buckets: one takes what is above the last bound.
    var count: Int { bounds.count + 1 }

    /// The bucket of a message's size among those of `sizes`, without a search: each bound is four times the one before.
    static func index(ofSize bytes: Int) -> Int {
        guard bytes > 64 else { return 0 }
        let bits = Int.bitWidth - (bytes - 1).leadingZeroBitCount
        return min((bits - 5) / 2, 9)
    }

    /// The bucket of a value.
    func index(of value: UInt64) -> Int {
        var low = 0
        var high = bounds.count
        while low < high {
            let middle = (low + high) / 2
            if bounds[middle] < value { low = middle + 1 } else { high = middle }
        }
        return low
    }

    /// The histogram of counts, with only those of these buckets whose bounds are wanted.
    func histogram(
        _ counts: some Collection<UInt64>,
        sum: UInt64,
        exemplars: [Int: MetricExemplar] = [:],
        bounds wanted: [UInt64]? = nil
    ) -> HistogramValue {
        let wanted = wanted ?? bounds
        var merged = [UInt64](repeating: 0, count: wanted.count + 1)
        var kept: [Int: MetricExemplar] = [:]
        for (index, count) in counts.enumerated() {
            let place =
                index < bounds.count ? wanted.firstIndex { $0 >= bounds[index] } ?? wanted.count : wanted.count
            merged[place] += count
            if let exemplar = exemplars[index] { kept[place] = exemplar }
        }
        return HistogramValue(
            bounds: wanted.map { Double($0) / scale },
            counts: merged,
            sum: Double(sum) / scale,
            exemplars: kept
        )
    }
}

extension Buckets {
    private static let second: UInt64 = 1_000_000_000

    /// From 10 µs to 10 s in nanoseconds: the bounds of both histograms of durations.
    static let durations = Buckets(
        [
            10_000, 25_000, 50_000, 100_000, 250_000, 500_000, 1_000_000, 2_500_000, 5_000_000, 10_000_000, 25_000_000,
            50_000_000, 75_000_000, 100_000_000, 250_000_000, 500_000_000, 750_000_000, second, 2_500_000_000,
            5 * second, 7_500_000_000, 10 * second,
        ],
        scale: Double(second)
    )

    /// Those of the durations that this package shows.
    static let ownDurations = durations.bounds.filter { ![75_000_000, 750_000_000, 7_500_000_000].contains($0) }

    /// Those of the durations that OpenTelemetry advises for `rpc.server.call.duration` (semantic conventions, RPC metrics).
    static let semanticDurations = durations.bounds.filter { $0 >= 5_000_000 }

    /// What may be left of a deadline, in nanoseconds.
    static let timeLeft = Buckets(
        [0, 1_000_000, 10_000_000, 100_000_000, 500_000_000, second, 2 * second, 5 * second, 10 * second, 30 * second],
        scale: Double(second)
    )

    /// Messages' sizes in bytes.
    static let sizes = Buckets([64, 256, 1_024, 4_096, 16_384, 65_536, 262_144, 1_048_576, 4_194_304])

    /// Ticks of an event loop, in nanoseconds.
    static let ticks = Buckets(
        [
            10_000, 50_000, 100_000, 500_000, 1_000_000, 4_000_000, 10_000_000, 25_000_000, 50_000_000, 100_000_000,
            250_000_000, second,
        ],
        scale: Double(second)
    )
}
