/// Metrics as text for a scraper.
///
/// Whatever the names and values are, the text is valid: characters that names must not have become underscores, families of
/// one name are written as one, and of two series with the same labels the first stays.
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
                // Nor may a family's name be that of another one's samples.
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
                let isHistogram = if case .histogram = series.value { true } else { false }
                guard isHistogram == (family.kind == .histogram) else { return false }
                return seen.insert(series.labels.sorted { $0.name < $1.name }).inserted
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
        if format == .openMetrics, let unit = family.unit, family.name.hasSuffix("_\(unit)") {
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
        var total: UInt64 = 0
        for (index, count) in histogram.counts.enumerated() where index <= histogram.bounds.count {
            total += count
            let bound = index < histogram.bounds.count ? MetricNumber.text(histogram.bounds[index]) : "+Inf"
            let exemplar = format == .openMetrics ? histogram.exemplars[index] : nil
            append(start)
            append(bound)
            append("\"} ")
            append(String(total))
            if let exemplar { write(exemplar) }
            append("\n")
        }
        sample(name + "_sum", labels, MetricNumber.text(histogram.sum))
        sample(name + "_count", labels, String(total))
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
        case .counter: ["", "_total"]
        case .gauge: [""]
        case .histogram: ["", "_bucket", "_sum", "_count"]
        }
    }
}

/// Names of metrics and labels (OpenMetrics 1.0, ABNF).
enum MetricName {
    /// A valid name of a family; counters have no `_total`, which is their samples' suffix.
    static func valid(_ name: String, kind: MetricFamily.Kind) -> String {
        let name = valid(name, allowsColons: true)
        guard kind == .counter, name.hasSuffix("_total"), name.utf8.count > 6 else { return name }
        return String(name.dropLast(6))
    }

    /// Labels with valid names, each of them once.
    static func valid(_ labels: [MetricLabel]) -> [MetricLabel] {
        var seen: Set<String> = []
        return labels.compactMap { label in
            var name = valid(label.name, allowsColons: false)
            // Such names are the scraper's own, and `le` is a histogram's.
            if name.hasPrefix("__") { name = "label" + name }
            if name == "le" { name = "label_le" }
            return seen.insert(name).inserted ? MetricLabel(name, label.value) : nil
        }
    }

    private static func valid(_ name: String, allowsColons: Bool) -> String {
        let bytes = name.utf8.enumerated().map { index, byte -> UInt8 in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "_"): byte
            case UInt8(ascii: "0")...UInt8(ascii: "9") where index > 0: byte
            case UInt8(ascii: ":") where allowsColons: byte
            default: UInt8(ascii: "_")
            }
        }
        return bytes.isEmpty ? "_" : String(decoding: bytes, as: UTF8.self)
    }
}

/// Numbers as both formats write them.
enum MetricNumber {
    static func text(_ number: Double) -> String {
        if number.isNaN { return "NaN" }
        if number.isInfinite { return number > 0 ? "+Inf" : "-Inf" }
        return "\(number)"
    }
}
