public import CoreMetrics
import Synchronization

/// Keeps what libraries measure by swift-metrics, for scrapes.
///
/// Bootstrap it before anything makes its metrics, and give it to the listener that is scraped:
///
/// ```swift
/// let metrics = ExpositionMetrics()
/// MetricsSystem.bootstrap(metrics)
/// ```
///
/// Counters stay counters, meters and recorders without aggregation are gauges, other recorders and timers are histograms;
/// timers are in seconds.
public final class ExpositionMetrics: MetricsFactory {
    /// One series with its value.
    private struct Key: Hashable {
        let name: String
        let labels: [MetricLabel]
    }

    private struct Table {
        var metrics: [Key: ExpositionMetric] = [:]
        /// How many of the application's metrics share a series.
        var users: [Key: Int] = [:]
        /// What a name measures, and how many series it has.
        var names: [String: (purpose: ExpositionMetric.Purpose, count: Int)] = [:]
        var refused: UInt64 = 0
    }

    private let limit: Int
    private let table = Mutex(Table())

    /// Makes a factory.
    ///
    /// - Parameter seriesLimit: How many series a metric may have: each takes memory for ever. What is measured beyond is
    ///   not kept, and counted in `centrifugo_proxy_metrics_series_refused`.
    public init(seriesLimit: Int = 1_000) {
        limit = max(1, seriesLimit)
    }

    /// The metrics now, sorted by their names.
    public func families() -> [MetricFamily] {
        let (metrics, refused) = table.withLock { ($0.metrics, $0.refused) }
        var families: [String: MetricFamily] = [:]
        for (key, metric) in metrics {
            var family =
                families[key.name]
                ?? MetricFamily(key.name, metric.kind, help: "Measured by swift-metrics.", unit: metric.unit)
            family.series.append(MetricFamily.Series(key.labels, metric.value))
            families[key.name] = family
        }
        families["centrifugo_proxy_metrics_series_refused"] = MetricFamily(
            "centrifugo_proxy_metrics_series_refused",
            .counter,
            help: "Series that were not kept, since their metric has too many.",
            series: [MetricFamily.Series([], .count(refused))]
        )
        return families.values
            .map { family in
                var family = family
                family.series.sort { $0.labels.map(\.value).lexicographicallyPrecedes($1.labels.map(\.value)) }
                return family
            }
            .sorted { $0.name < $1.name }
    }

    // MARK: MetricsFactory

    /// Makes or finds a counter.
    public func makeCounter(label: String, dimensions: [(String, String)]) -> any CounterHandler {
        metric(.counter, label, dimensions)
    }

    /// Makes or finds a counter of numbers that are not whole.
    public func makeFloatingPointCounter(
        label: String,
        dimensions: [(String, String)]
    ) -> any FloatingPointCounterHandler {
        metric(.floatingPointCounter, label, dimensions)
    }

    /// Makes or finds a gauge, or with `aggregate` a histogram.
    public func makeRecorder(label: String, dimensions: [(String, String)], aggregate: Bool) -> any RecorderHandler {
        metric(aggregate ? .recorder : .gauge, label, dimensions)
    }

    /// Makes or finds a gauge.
    public func makeMeter(label: String, dimensions: [(String, String)]) -> any MeterHandler {
        metric(.gauge, label, dimensions)
    }

    /// Makes or finds a histogram of seconds.
    public func makeTimer(label: String, dimensions: [(String, String)]) -> any TimerHandler {
        metric(.timer, label, dimensions)
    }

    /// Does nothing: a counter's value stays for scrapes after the counter itself is gone.
    public func destroyCounter(_ handler: any CounterHandler) {}
    /// Does nothing, as for counters.
    public func destroyFloatingPointCounter(_ handler: any FloatingPointCounterHandler) {}
    /// Forgets a gauge or histogram.
    public func destroyRecorder(_ handler: any RecorderHandler) { forget(handler) }
    /// Forgets a gauge.
    public func destroyMeter(_ handler: any MeterHandler) { forget(handler) }
    /// Forgets a histogram.
    public func destroyTimer(_ handler: any TimerHandler) { forget(handler) }

    private func metric(
        _ purpose: ExpositionMetric.Purpose,
        _ label: String,
        _ dimensions: [(String, String)]
    ) -> ExpositionMetric {
        let isCounter = purpose == .counter || purpose == .floatingPointCounter
        var name = MetricName.valid(label, kind: isCounter ? .counter : .gauge)
        if purpose == .timer, !name.hasSuffix("_seconds") { name += "_seconds" }
        let labels = MetricName.valid(dimensions.map { MetricLabel($0.0, $0.1) }).sorted { $0.name < $1.name }
        let key = Key(name: name, labels: labels)
        return table.withLock { table in
            let (known, count) = table.names[name] ?? (purpose, 0)
            if known == purpose, let metric = table.metrics[key] {
                table.users[key, default: 0] += 1
                return metric
            }
            let metric = ExpositionMetric(purpose)
            // A name that measures something else already, and one with too many series, measure into nowhere.
            guard known == purpose, count < limit else {
                table.refused += 1
                return metric
            }
            table.metrics[key] = metric
            table.users[key] = 1
            table.names[name] = (purpose, count + 1)
            return metric
        }
    }

    private func forget(_ handler: AnyObject) {
        table.withLock { table in
            guard let key = table.metrics.first(where: { $0.value === handler })?.key else { return }
            let others = table.users[key, default: 1] - 1
            guard others == 0 else {
                table.users[key] = others
                return
            }
            table.metrics[key] = nil
            table.users[key] = nil
            table.names[key.name]?.count -= 1
        }
    }
}
