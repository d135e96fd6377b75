import CoreMetrics
import Synchronization

/// One series of swift-metrics: whatever its handlers measure.
final class ExpositionMetric: CounterHandler, FloatingPointCounterHandler, RecorderHandler, MeterHandler, TimerHandler {
    enum Purpose: Sendable {
        case counter
        case floatingPointCounter
        case gauge
        case recorder
        case timer
    }

    private struct State {
        var count: UInt64 = 0
        var number = 0.0
        var buckets: [UInt64] = []
    }

    // Seconds, and for recorders whatever they record.
    private static let bounds = [
        0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 100, 1_000,
        10_000,
        100_000, 1_000_000,
    ]

    let purpose: Purpose
    private let state = Mutex(State())

    init(_ purpose: Purpose) {
        self.purpose = purpose
    }

    var kind: MetricFamily.Kind {
        switch purpose {
        case .counter, .floatingPointCounter: .counter
        case .gauge: .gauge
        case .recorder, .timer: .histogram
        }
    }

    var unit: String? { purpose == .timer ? "seconds" : nil }

    var value: MetricValue {
        state.withLock { state in
            switch purpose {
            case .counter: .count(state.count)
            case .floatingPointCounter, .gauge: .number(state.number)
            case .recorder, .timer:
                .histogram(
                    HistogramValue(
                        bounds: Self.bounds,
                        counts: state.buckets.isEmpty
                            ? Array(repeating: 0, count: Self.bounds.count + 1) : state.buckets,
                        sum: state.number
                    )
                )
            }
        }
    }

    // MARK: Counters

    func increment(by amount: Int64) {
        guard amount > 0 else { return }
        state.withLock { $0.count &+= UInt64(amount) }
    }

    func increment(by amount: Double) {
        // A gauge may shrink, a counter may not.
        guard amount.isFinite, purpose == .gauge || amount > 0 else { return }
        state.withLock { $0.number += amount }
    }

    func decrement(by amount: Double) {
        guard amount.isFinite else { return }
        state.withLock { $0.number -= amount }
    }

    func reset() {
        state.withLock { $0 = State() }
    }

    // MARK: Gauges and histograms

    func set(_ value: Int64) { set(Double(value)) }

    func set(_ value: Double) { state.withLock { $0.number = value } }

    func record(_ value: Int64) { record(Double(value)) }

    func record(_ value: Double) {
        if purpose == .gauge { set(value) } else { observe(value) }
    }

    func recordNanoseconds(_ duration: Int64) {
        observe(Double(duration) / 1e9)
    }

    private func observe(_ value: Double) {
        // Not a number would make the sum unusable for ever.
        guard value.isFinite else { return }
        let index = Self.bounds.firstIndex { $0 >= value } ?? Self.bounds.count
        state.withLock { state in
            if state.buckets.isEmpty { state.buckets = Array(repeating: 0, count: Self.bounds.count + 1) }
            state.buckets[index] += 1
            state.number += value
        }
    }
}
