import Foundation
import Testing

@testable import MetricsExposition

/// What users' own families may have: the scrape stays valid.
///
/// The expected texts are files, which `Tests/Foreign/operations` gives to promtool and to Prometheus's own parser.
@Suite struct HostileFamiliesTests {
    private static let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "Foreign/operations/scrapes")

    private static func histogram(
        _ bounds: [Double],
        _ counts: [UInt64],
        sum: Double = 1,
        exemplars: [Int: MetricExemplar] = [:]
    ) -> MetricValue {
        .histogram(HistogramValue(bounds: bounds, counts: counts, sum: sum, exemplars: exemplars))
    }

    private static func label(_ value: String) -> [MetricLabel] { [MetricLabel("which", value)] }

    private static let families = [
        MetricFamily(
            "counter",
            .counter,
            help: "",
            series: [
                .init(label("whole"), .count(.max)), .init(label("half"), .number(0.5)),
                .init(label("negative"), .number(-1)), .init(label("not a number"), .number(.nan)),
                .init(label("infinite"), .number(.infinity)), .init(label("a histogram"), histogram([1], [1, 2])),
            ]
        ),
        MetricFamily(
            "gauge",
            .gauge,
            help: "Ends with a backslash \\",
            unit: "",
            series: [
                .init(label(""), .number(1)), .init([], .number(2)), .init([MetricLabel("other", "")], .number(3)),
                .init(label("negative"), .number(-1)), .init(label("not a number"), .number(.nan)),
                .init(label("lines\r\n\u{2028}\u{1}\""), .number(-.infinity)),
            ]
        ),
        MetricFamily(
            "histogram",
            .histogram,
            help: "Of all kinds.",
            series: [
                .init(label("no counts"), histogram([1, 2], [])),
                .init(label("few counts"), histogram([1, 2, 3], [4])),
                .init(label("many counts"), histogram([1], [1, 2, 3, 4])),
                .init(label("no bounds"), histogram([], [])),
                .init(label("unordered"), histogram([5, 1, 3, 1], [10, 1, 3, 2, 1])),
                .init(label("infinite"), histogram([1, .infinity], [1, 2, 3])),
                .init(label("not a number"), histogram([.nan, 1], [1, 2, 3], sum: .nan)),
                .init(label("too large"), histogram([1, 2], [.max, 1, 1])),
                .init(
                    label("exemplars"),
                    histogram(
                        [2, 1],
                        [1, 1, 1],
                        exemplars: [
                            0: MetricExemplar(traceID: "of 2", value: 1.5, time: 1_700_000_000),
                            1: MetricExemplar(traceID: String(repeating: "x", count: 121), value: 1, time: 1),
                            2: MetricExemplar(traceID: "of no time", value: 3, time: .nan),
                        ]
                    )
                ),
            ]
        ),
        MetricFamily(
            "below_zero",
            .histogram,
            help: "",
            series: [.init([], histogram([-.infinity, -1, 1], [1, 1, 1, 1]))]
        ),
        // The first of two that cannot be told apart stays.
        MetricFamily("counter_created", .gauge, help: "", series: [.init([], .number(1))]),
        MetricFamily("counter_total", .gauge, help: "", series: [.init([], .number(1))]),
        MetricFamily("histogram_created", .counter, help: "", series: [.init([], .count(1))]),
        MetricFamily("histogram_sum", .gauge, help: "", series: [.init([], .number(1))]),
        MetricFamily("first_created", .gauge, help: "", series: [.init([], .number(1))]),
        MetricFamily("first", .counter, help: "", series: [.init([], .count(1))]),
        MetricFamily("alone_created", .counter, help: "", series: [.init([], .count(1))]),
        MetricFamily("alone_bucket", .gauge, help: "", series: [.init([], .number(1))]),
        MetricFamily("twice_total_total", .counter, help: "", series: [.init([], .count(1))]),
        MetricFamily("twice_total", .counter, help: "", series: [.init([], .count(2))]),
        MetricFamily("", .gauge, help: "", series: [.init([MetricLabel("", "1")], .number(1))]),
    ]

    @Test(
        "writes whatever they have so that a scraper can read it",
        arguments: [(.prometheus, "hostile.txt"), (.openMetrics, "hostile.openmetrics")] as [(ExpositionFormat, String)]
    )
    func scrape(format: ExpositionFormat, file: String) throws {
        let text = String(decoding: Exposition.text(of: Self.families, as: format), as: UTF8.self)
        #expect(try String(contentsOf: Self.folder.appending(path: file), encoding: .utf8) == text)
    }
}
