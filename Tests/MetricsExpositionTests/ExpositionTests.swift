import Testing

@testable import MetricsExposition

@Suite struct ExpositionTests {
    private static func text(_ families: [MetricFamily], _ format: ExpositionFormat = .openMetrics) -> String {
        String(decoding: Exposition.text(of: families, as: format), as: UTF8.self)
    }

    private static let families = [
        MetricFamily(
            "calls",
            .counter,
            help: "Calls of \"all\" kinds\\\nand more.",
            series: [.init([MetricLabel("event", "RPC"), MetricLabel("name", "a\"b\\c\nd")], .count(3))]
        ),
        MetricFamily("held_bytes", .gauge, help: "Bytes.", unit: "bytes", series: [.init([], .number(1.5))]),
        MetricFamily(
            "duration_seconds",
            .histogram,
            help: "Durations.",
            unit: "seconds",
            series: [
                .init(
                    [MetricLabel("event", "RPC")],
                    .histogram(
                        HistogramValue(
                            bounds: [0.001, 1],
                            counts: [2, 1, 4],
                            sum: 12.25,
                            exemplars: [1: MetricExemplar(traceID: "abc", value: 0.5, time: 1_700_000_000.5)]
                        )
                    )
                )
            ]
        ),
        MetricFamily("nothing", .gauge, help: "No series."),
    ]

    @Test("writes OpenMetrics")
    func openMetrics() {
        #expect(
            Self.text(Self.families) == #"""
                # HELP calls Calls of \"all\" kinds\\\nand more.
                # TYPE calls counter
                calls_total{event="RPC",name="a\"b\\c\nd"} 3
                # HELP held_bytes Bytes.
                # TYPE held_bytes gauge
                # UNIT held_bytes bytes
                held_bytes 1.5
                # HELP duration_seconds Durations.
                # TYPE duration_seconds histogram
                # UNIT duration_seconds seconds
                duration_seconds_bucket{event="RPC",le="0.001"} 2
                duration_seconds_bucket{event="RPC",le="1.0"} 3 # {trace_id="abc"} 0.5 1700000000.5
                duration_seconds_bucket{event="RPC",le="+Inf"} 7
                duration_seconds_sum{event="RPC"} 12.25
                duration_seconds_count{event="RPC"} 7
                # EOF

                """#
        )
    }

    @Test("writes Prometheus's format without units and exemplars, and with counters named as their samples")
    func prometheus() {
        #expect(
            Self.text(Self.families, .prometheus) == #"""
                # HELP calls_total Calls of "all" kinds\\\nand more.
                # TYPE calls_total counter
                calls_total{event="RPC",name="a\"b\\c\nd"} 3
                # HELP held_bytes Bytes.
                # TYPE held_bytes gauge
                held_bytes 1.5
                # HELP duration_seconds Durations.
                # TYPE duration_seconds histogram
                duration_seconds_bucket{event="RPC",le="0.001"} 2
                duration_seconds_bucket{event="RPC",le="1.0"} 3
                duration_seconds_bucket{event="RPC",le="+Inf"} 7
                duration_seconds_sum{event="RPC"} 12.25
                duration_seconds_count{event="RPC"} 7

                """#
        )
    }

    @Test("makes names valid, writes a name once, and each series once")
    func hostileNames() {
        let families = [
            MetricFamily(
                "1 bad.näme_total",
                .counter,
                help: "",
                series: [
                    .init([MetricLabel("le", "1"), MetricLabel("__x", "2"), MetricLabel("a-b", "3")], .count(1)),
                    .init([MetricLabel("a_b", "3"), MetricLabel("le", "1"), MetricLabel("__x", "2")], .count(9)),
                ]
            ),
            MetricFamily("other", .gauge, help: "", series: [.init([], .number(.infinity))]),
            MetricFamily("__bad_n__me", .counter, help: "", series: [.init([], .count(2))]),
            MetricFamily("other", .counter, help: "another kind", series: [.init([], .count(5))]),
        ]
        #expect(
            Self.text(families, .prometheus) == #"""
                # HELP __bad_n__me_total 
                # TYPE __bad_n__me_total counter
                __bad_n__me_total{label_le="1",label__x="2",a_b="3"} 1
                __bad_n__me_total 2
                # HELP other 
                # TYPE other gauge
                other +Inf

                """#
        )
    }

    @Test(
        "chooses the format that the scraper prefers",
        arguments: [
            (nil, .prometheus), ("*/*", .prometheus), ("text/plain", .prometheus),
            ("application/openmetrics-text", .openMetrics),
            ("application/openmetrics-text;version=1.0.0;q=0.5,text/plain;version=0.0.4;q=0.3", .openMetrics),
            ("application/openmetrics-text; q=0.2 , text/plain; q=0.9", .prometheus),
            ("application/openmetrics-text;q=0", .prometheus), ("application/openmetrics-text;q=x", .prometheus),
            ("APPLICATION/OpenMetrics-Text", .openMetrics), (";;,,q=", .prometheus),
        ] as [(String?, ExpositionFormat)]
    )
    func negotiation(accept: String?, format: ExpositionFormat) {
        #expect(ExpositionFormat(accept: accept) == format)
    }

    @Test(
        "escapes quotes and backslashes whatever follows them, and leaves out names that another family's samples have"
    )
    func collisions() {
        let accent = "\u{301}"
        let families = [
            MetricFamily(
                "x",
                .counter,
                help: "",
                series: [.init([MetricLabel("a", "\"\(accent)\\\(accent)")], .count(1))]
            ),
            MetricFamily("x_total", .gauge, help: "", series: [.init([], .count(2))]),
            MetricFamily("h_count", .gauge, help: "", series: [.init([], .count(3))]),
            MetricFamily(
                "h",
                .histogram,
                help: "",
                series: [.init([], .histogram(HistogramValue(bounds: [1], counts: [0, 1], sum: 2)))]
            ),
        ]
        #expect(
            Self.text(families, .prometheus)
                == "# HELP x_total \n# TYPE x_total counter\nx_total{a=\"\\\"\(accent)\\\\\(accent)\"} 1\n"
                + "# HELP h_count \n# TYPE h_count gauge\nh_count 3\n"
        )
    }
}
