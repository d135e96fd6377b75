/// All series of one metric, as a scrape reads them.
public struct MetricFamily: Sendable, Hashable {
    /// What the values of a metric mean (OpenMetrics 1.0).
    public enum Kind: Sendable, Hashable {
        /// Only grows, from the start of the process.
        case counter
        /// Goes up and down.
        case gauge
        /// Counts of observations by their size.
        case histogram
    }

    /// One series: its labels, and its value.
    public struct Series: Sendable, Hashable {
        /// The labels' names and values, in the order in which they are written.
        public var labels: [MetricLabel]
        /// The value.
        public var value: MetricValue

        /// Makes a series.
        public init(_ labels: [MetricLabel] = [], _ value: MetricValue) {
            self.labels = labels
            self.value = value
        }
    }

    /// The name, without the `_total` of counters.
    public var name: String
    /// One sentence on what is measured.
    public var help: String
    /// What the values mean.
    public var kind: Kind
    /// The unit, such as `seconds` or `bytes`, which is also the name's last word; nil for plain numbers.
    public var unit: String?
    /// The series, each with other labels.
    public var series: [Series]

    /// Makes a family.
    ///
    /// - Parameters:
    ///   - name: The name, without the `_total` of counters.
    ///   - kind: What the values mean.
    ///   - help: One sentence on what is measured.
    ///   - unit: The unit, which is also the name's last word; nil for plain numbers.
    ///   - series: The series.
    public init(_ name: String, _ kind: Kind, help: String, unit: String? = nil, series: [Series] = []) {
        self.name = name
        self.kind = kind
        self.help = help
        self.unit = unit
        self.series = series
    }
}

/// A label of a series.
public struct MetricLabel: Sendable, Hashable {
    /// The name.
    public var name: String
    /// The value, of any characters.
    public var value: String

    /// Makes a label.
    public init(_ name: String, _ value: String) {
        self.name = name
        self.value = value
    }
}

/// The value of a series.
public enum MetricValue: Sendable, Hashable {
    /// A whole number, such as a count.
    case count(UInt64)
    /// Any number.
    case number(Double)
    /// A histogram.
    case histogram(HistogramValue)
}

/// Observations, counted by their size.
public struct HistogramValue: Sendable, Hashable {
    /// The upper bounds of the buckets, ascending; one more bucket takes what is above the last.
    public var bounds: [Double]
    /// How many observations each bucket has, not cumulative: one count more than there are bounds.
    public var counts: [UInt64]
    /// The sum of all observations.
    public var sum: Double
    /// The newest traced observation of a bucket, by the bucket's index.
    public var exemplars: [Int: MetricExemplar]

    /// Makes a histogram of counts.
    public init(bounds: [Double], counts: [UInt64], sum: Double, exemplars: [Int: MetricExemplar] = [:]) {
        self.bounds = bounds
        self.counts = counts
        self.sum = sum
        self.exemplars = exemplars
    }
}

/// One observation, and the trace that it belongs to.
public struct MetricExemplar: Sendable, Hashable {
    /// The trace's id, in hexadecimal.
    public var traceID: String
    /// The observed value.
    public var value: Double
    /// When it was observed, in seconds since 1970.
    public var time: Double

    /// Makes an exemplar.
    public init(traceID: String, value: Double, time: Double) {
        self.traceID = traceID
        self.value = value
        self.time = time
    }
}
