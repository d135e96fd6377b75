/// A duration in the syntax of Centrifugo's configuration: `300ms`, `1s`, `1m30s`, `1.5h`.
package struct GoDuration: Equatable {
    package let seconds: Double

    /// Parses a duration; nil when Go would refuse it.
    package init?(_ text: String) {
        guard text != "0" else {
            seconds = 0
            return
        }
        var rest = Substring(text)
        let isNegative = rest.first == "-"
        if isNegative || rest.first == "+" { rest.removeFirst() }
        guard !rest.isEmpty else { return nil }
        var sum = 0.0
        while !rest.isEmpty {
            let number = rest.prefix { $0.isASCII && $0.isNumber || $0 == "." }
            rest.removeFirst(number.count)
            let unit = rest.prefix { !($0.isASCII && $0.isNumber) && $0 != "." }
            rest.removeFirst(unit.count)
            guard let amount = Double(number), let length = Self.units[String(unit)] else { return nil }
            sum += amount * length
        }
        // Go stores nanoseconds in 64 bits, and refuses more.
        guard sum <= Self.longest else { return nil }
        seconds = isNegative ? -sum : sum
    }

    private static let longest = 9_223_372_036.854_775_807

    private static let units: [String: Double] = [
        "ns": 1e-9, "us": 1e-6, "µs": 1e-6, "μs": 1e-6, "ms": 1e-3, "s": 1, "m": 60, "h": 3_600,
    ]
}
