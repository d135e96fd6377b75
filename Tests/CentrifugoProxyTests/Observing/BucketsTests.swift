import MetricsExposition
import Testing

@testable import CentrifugoProxy

@Suite struct BucketsTests {
    @Test(
        "finds the bucket whose upper bound is the first that is not smaller",
        arguments: [(0, 0), (64, 0), (65, 1), (256, 1), (257, 2), (4_194_304, 8), (4_194_305, 9), (UInt64.max, 9)]
            as [(UInt64, Int)]
    )
    func index(value: UInt64, bucket: Int) {
        #expect(Buckets.sizes.index(of: value) == bucket)
        #expect(Buckets.sizes.count == 10)
        if value < Int.max { #expect(Buckets.index(ofSize: Int(value)) == bucket) }
    }

    @Test("adds up the buckets between the wanted bounds, and keeps all observations")
    func merge() {
        var counts = HistogramCounts(.durations, series: 2)
        let exemplar = MetricExemplar(traceID: "t", value: 0.06, time: 1)
        for (value, exemplar) in [(60_000_000, exemplar), (80_000_000, nil), (11_000_000_000, nil)]
            as [(UInt64, MetricExemplar?)]
        {
            counts.observe(value, in: 1, exemplar: exemplar)
        }
        let histogram = counts.histogram(of: 0..<2, bounds: [50_000_000, 100_000_000])
        #expect(histogram.bounds == [0.05, 0.1] && histogram.counts == [0, 2, 1])
        #expect(abs(histogram.sum - 11.14) < 1e-9)
        #expect(histogram.exemplars == [1: exemplar])
        #expect(counts.isEmpty(0) && !counts.isEmpty(1))
    }

    @Test("has the bounds of both histograms of durations")
    func bounds() {
        #expect(Buckets.ownDurations.first == 10_000 && Buckets.ownDurations.last == 10_000_000_000)
        #expect(
            Buckets.semanticDurations.map { Double($0) / 1e9 }
                == [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10]
        )
    }
}
