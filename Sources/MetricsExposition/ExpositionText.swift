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
