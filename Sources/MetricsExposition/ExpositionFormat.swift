/// The formats in which scrapers read metrics.
public enum ExpositionFormat: Sendable, Hashable, CaseIterable {
    /// Prometheus's text format 0.0.4.
    case prometheus
    /// OpenMetrics 1.0, which has units and exemplars.
    case openMetrics

    /// The value of `content-type`.
    public var contentType: String {
        switch self {
        case .prometheus: "text/plain; version=0.0.4; charset=utf-8"
        case .openMetrics: "application/openmetrics-text; version=1.0.0; charset=utf-8"
        }
    }

    /// The format for a request's `accept` field (RFC 9110 §12.5.1): Prometheus's, unless the scraper prefers the other.
    ///
    /// - Parameter accept: The field's value; nil when the request has none.
    public init(accept: String?) {
        var openMetrics = 0.0
        var text = 0.0
        for range in (accept ?? "").split(separator: ",") {
            let parts = range.split(separator: ";").map { Self.trimmed($0) }
            let weight = parts.dropFirst().compactMap { Self.weight($0) }.first ?? 1
            switch parts.first {
            case "application/openmetrics-text": openMetrics = max(openMetrics, weight)
            case "text/plain", "text/*", "*/*": text = max(text, weight)
            default: break
            }
        }
        self = openMetrics > 0 && openMetrics >= text ? .openMetrics : .prometheus
    }

    private static func trimmed(_ text: Substring) -> String {
        let isSpace: (Character) -> Bool = { $0 == " " || $0 == "\t" }
        let start = text.drop(while: isSpace)
        return String(start.reversed().drop(while: isSpace).reversed()).lowercased()
    }

    private static func weight(_ parameter: String) -> Double? {
        guard parameter.hasPrefix("q=") else { return nil }
        guard let weight = Double(parameter.dropFirst(2)), 0...1 ~= weight else { return 0 }
        return weight
    }
}
