/// Metrics as text for a scraper.
///
/// Whatever the names and values are, the text is valid: characters that names must not have become underscores, families of
/// one name are written as one, and of two series with the same labels the first stays. Counters that are negative or not a
/// number are left out.
public struct Exposition {
    private let format: ExpositionFormat
    private var bytes: [UInt8] = []

    /// Writes families in a format.
    ///
    /// - Parameters:
    ///   - families: The metrics.
    ///   - format: The format.
    /// - Returns: The text, in UTF-8.
    public static func text(of families: [MetricFamily], as format: ExpositionFormat) -> [UInt8] {
        var exposition = Exposition(format: format)
        exposition.bytes.reserveCapacity(64 * 1_024)
        for family in merged(families) { exposition.write(family) }
        if format == .openMetrics { exposition.append("# EOF\n") }
        return exposition.bytes
    }

    /// The families with valid names, each name once and in the order of its first appearance.
    private static func merged(_ families: [MetricFamily]) -> [MetricFamily] {
        var merged: [MetricFamily] = []
        var places: [String: Int] = [:]
        var taken: Set<String> = []
        for var family in families {
            family.name = MetricName.valid(family.name, kind: family.kind)
            family.series = family.series.map { series in
                var series = series
                series.labels = MetricName.valid(series.labels)
                return series
            }
            if let place = places[family.name] {
                // Another kind of metric of that name cannot be told from this one.
                if merged[place].kind == family.kind { merged[place].series += family.series }
            } else {
                // Nor may a family's name be that of another one's samples, in either format.
                let names = family.kind.suffixes.map { family.name + $0 }
                guard taken.isDisjoint(with: names) else { continue }
                taken.formUnion(names)
                places[family.name] = merged.count
                merged.append(family)
            }
        }
        return merged.map { family in
            var family = family
            var seen: Set<[MetricLabel]> = []
            family.series = family.series.filter { series in
                guard series.value.suits(family.kind) else { return false }
                // To Prometheus, an empty label is the same as none.
                let labels = series.labels.filter { !$0.value.isEmpty }
                return seen.insert(labels.sorted { $0.name < $1.name }).inserted
            }
            return family
        }
    }

    private mutating func write(_ family: MetricFamily) {
        guard !family.series.isEmpty else { return }
        let suffix = family.kind == .counter ? "_total" : ""
        // Prometheus's format knows no suffixes: there, a counter's name is the one of its samples.
        let name = format == .prometheus ? family.name + suffix : family.name
        append("# HELP \(name) ")
        append(escaped(family.help, quotes: format == .openMetrics))
        append("\n# TYPE \(name) \(family.kind)\n")
        if format == .openMetrics, let unit = family.unit, !unit.isEmpty, family.name.hasSuffix("_\(unit)") {
            append("# UNIT \(name) \(unit)\n")
        }
        for series in family.series {
            switch series.value {
            case .count(let count): sample(family.name + suffix, series.labels, String(count))
            case .number(let number): sample(family.name + suffix, series.labels, MetricNumber.text(number))
            case .histogram(let histogram): write(histogram, family.name, series.labels)
            }
        }
    }

    private mutating func write(_ histogram: HistogramValue, _ name: String, _ labels: [MetricLabel]) {
        // The same for each bucket.
        let others = labels.map { "\($0.name)=\"\(escaped($0.value, quotes: true))\"," }
        let start = "\(name)_bucket{\(others.joined())le=\""
        let buckets = HistogramBuckets(histogram)
        for bucket in buckets.list {
            append(start)
            append(MetricNumber.text(bucket.bound))
            append("\"} ")
            append(String(bucket.total))
            if format == .openMetrics, let exemplar = bucket.exemplar { write(exemplar) }
            append("\n")
        }
        // OpenMetrics has a count only with a sum, and a sum only of what cannot be negative.
        if format == .openMetrics, buckets.areNegative { return }
        sample(name + "_sum", labels, MetricNumber.text(histogram.sum.isNaN ? 0 : histogram.sum))
        sample(name + "_count", labels, String(buckets.total))
    }

    private mutating func sample(
        _ name: String,
        _ labels: [MetricLabel],
        _ value: String
    ) {
        append(name)
        if !labels.isEmpty { write(labels) }
        append(" ")
        append(value)
        append("\n")
    }

    private mutating func write(_ exemplar: MetricExemplar) {
        append(" # ")
        write([MetricLabel("trace_id", exemplar.traceID)])
        append(" \(MetricNumber.text(exemplar.value)) \(MetricNumber.text(exemplar.time))")
    }

    private mutating func write(_ labels: [MetricLabel]) {
        for (index, label) in labels.enumerated() {
            append(index == 0 ? "{" : ",")
            append(label.name)
            append("=\"")
            append(escaped(label.value, quotes: true))
            append("\"")
        }
        append("}")
    }

    /// A text with what ends a line or a label's value escaped.
    private func escaped(_ text: String, quotes: Bool) -> String {
        guard text.utf8.contains(where: { $0 == 0x0A || $0 == 0x5C || $0 == 0x22 }) else { return text }
        // Not by characters: a quote with a combining accent is another character than a quote.
        return text.unicodeScalars.reduce(into: "") { text, scalar in
            switch scalar {
            case "\\": text += "\\\\"
            case "\n": text += "\\n"
            case "\"" where quotes: text += "\\\""
            default: text.unicodeScalars.append(scalar)
            }
        }
    }

    private mutating func append(_ text: String) {
        bytes.append(contentsOf: text.utf8)
    }
}

extension MetricFamily.Kind {
    /// What the names of a family and of its samples end with.
    fileprivate var suffixes: [String] {
        switch self {
        case .counter: ["", "_total", "_created"]
        case .gauge: [""]
        case .histogram: ["", "_bucket", "_sum", "_count", "_created"]
        }
    }
}
