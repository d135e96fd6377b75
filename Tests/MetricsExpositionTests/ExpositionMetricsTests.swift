import CoreMetrics
import Testing

@testable import MetricsExposition

@Suite struct ExpositionMetricsTests {
    private static func values(_ metrics: ExpositionMetrics, _ name: String) -> [String: MetricValue] {
        let family = metrics.families().first { $0.name == name }
        return Dictionary(
            uniqueKeysWithValues: (family?.series ?? []).map {
                ($0.labels.map(\.value).joined(separator: " "), $0.value)
            }
        )
    }

    @Test("adds up counters of one name, by their dimensions")
    func counters() {
        let metrics = ExpositionMetrics()
        Counter(label: "hub.sent", dimensions: [("hub", "a")], factory: metrics).increment(by: 2)
        Counter(label: "hub.sent", dimensions: [("hub", "a")], factory: metrics).increment()
        Counter(label: "hub.sent", dimensions: [("hub", "b")], factory: metrics).increment(by: -5)
        FloatingPointCounter(label: "paid", factory: metrics).increment(by: 1.5)
        #expect(Self.values(metrics, "hub_sent") == ["a": .count(3), "b": .count(0)])
        #expect(Self.values(metrics, "paid") == ["": .number(1.5)])
    }

    @Test("keeps the last value of gauges")
    func gauges() {
        let metrics = ExpositionMetrics()
        let meter = Meter(label: "waiting", factory: metrics)
        meter.set(5)
        meter.increment(by: 3)
        meter.decrement(by: 1)
        #expect(Self.values(metrics, "waiting") == ["": .number(7)])
        Gauge(label: "level", factory: metrics).record(2.5)
        #expect(Self.values(metrics, "level") == ["": .number(2.5)])
    }

    @Test("makes histograms of timers and recorders, and ignores what is not a number")
    func histograms() throws {
        let metrics = ExpositionMetrics()
        let timer = Timer(label: "lookup", factory: metrics)
        timer.recordMilliseconds(2)
        timer.recordSeconds(3)
        let recorder = Recorder(label: "size", factory: metrics)
        recorder.record(7)
        recorder.record(Double.nan)
        guard case .histogram(let times)? = Self.values(metrics, "lookup_seconds")[""],
            case .histogram(let sizes)? = Self.values(metrics, "size")[""]
        else {
            Issue.record("no histograms")
            return
        }
        #expect(times.counts.reduce(0, +) == 2 && abs(times.sum - 3.002) < 1e-9)
        #expect(sizes.counts.reduce(0, +) == 1 && sizes.sum == 7)
        #expect(metrics.families().first { $0.name == "lookup_seconds" }?.unit == "seconds")
    }

    @Test("keeps no more series of a name than allowed, and counts the others")
    func limit() {
        let metrics = ExpositionMetrics(seriesLimit: 2)
        for number in 0..<5 {
            Counter(label: "many", dimensions: [("user", "\(number)")], factory: metrics).increment()
        }
        #expect(Self.values(metrics, "many").count == 2)
        #expect(Self.values(metrics, "centrifugo_proxy_metrics_series_refused") == ["": .count(3)])
    }

    @Test("measures one kind under a name")
    func kinds() {
        let metrics = ExpositionMetrics()
        Counter(label: "x", factory: metrics).increment()
        Meter(label: "x", factory: metrics).set(9)
        #expect(Self.values(metrics, "x") == ["": .count(1)])
    }

    @Test("counts whole and other numbers of one name as two kinds, whatever the name ends with")
    func floatingPoint() {
        let metrics = ExpositionMetrics()
        Counter(label: "paid_total", factory: metrics).increment()
        FloatingPointCounter(label: "paid", factory: metrics).increment(by: 1.5)
        #expect(Self.values(metrics, "paid") == ["": .count(1)])
        #expect(Self.values(metrics, "centrifugo_proxy_metrics_series_refused") == ["": .count(1)])
    }

    @Test("keeps a series until the last of those that share it is destroyed, and one kind for all labels of a name")
    func shared() {
        let metrics = ExpositionMetrics()
        let first = Meter(label: "hub", dimensions: [("hub", "a")], factory: metrics)
        let second = Meter(label: "hub", dimensions: [("hub", "a")], factory: metrics)
        first.destroy()
        second.set(4)
        #expect(Self.values(metrics, "hub") == ["a": .number(4)])
        Counter(label: "hub", dimensions: [("hub", "b")], factory: metrics).increment()
        #expect(Self.values(metrics, "hub") == ["a": .number(4)])
        second.destroy()
        #expect(Self.values(metrics, "hub").isEmpty)
    }
}
