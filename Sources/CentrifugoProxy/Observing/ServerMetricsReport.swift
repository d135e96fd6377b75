import GRPCCall
import HTTP2Transport
import MetricsExposition

/// One reading of a server's metrics.
struct ServerMetricsReport {
    private static let events = ProxyEvent.allCases

    var calls: LoopMetrics
    /// The loops of a running server.
    var loops: [LoopSnapshot] = []
    var callsInFlight = 0

    var families: [MetricFamily] {
        [
            callsFamily, refusals, streamsEnded, durations, semanticDurations, timeLeft,
            perEvent("centrifugo_proxy_request_size_bytes", "The size of requests' messages.", calls.requestSizes),
            perEvent("centrifugo_proxy_answer_size_bytes", "The size of answers' messages.", calls.answerSizes),
            streams,
            number("centrifugo_proxy_calls_in_flight", "Unary calls that handlers have now.", callsInFlight),
        ] + connections + eventLoops
    }

    // MARK: Calls

    /// Every event and verdict with code 0 has a series from the start, so that a rate sees the first call.
    private var callsFamily: MetricFamily {
        var series: [MetricFamily.Series] = []
        for event in Self.events {
            for kind in CallVerdict.Kind.allCases where !isCounted(event, kind) {
                series.append(
                    MetricFamily.Series(labels(of: event, verdict: kind.word, code: "0", next: "none"), .count(0))
                )
            }
            for verdict in 0..<VerdictSlot.count {
                for next in 0..<NextStep.slotCount {
                    let count = calls.calls[LoopMetrics.callSlot(event: event.index, verdict: verdict, next: next)]
                    guard count > 0 else { continue }
                    let (word, code) = VerdictSlot.labels[verdict]
                    let labels = labels(of: event, verdict: word, code: code, next: NextStep.label(ofSlot: next))
                    series.append(MetricFamily.Series(labels, .count(count)))
                }
            }
        }
        return MetricFamily(
            "centrifugo_proxy_calls",
            .counter,
            help: "Calls by how they were decided and by what the client's SDK does next.",
            series: series
        )
    }

    /// Whether the series of a verdict with code 0 and without a next step has calls.
    private func isCounted(_ event: ProxyEvent, _ kind: CallVerdict.Kind) -> Bool {
        guard let verdict = VerdictSlot.index(withoutCode: kind) else { return false }
        return calls.calls[LoopMetrics.callSlot(event: event.index, verdict: verdict, next: 0)] > 0
    }

    private func labels(of event: ProxyEvent, verdict: String, code: String, next: String) -> [MetricLabel] {
        [
            MetricLabel("event", event.methodName), MetricLabel("verdict", verdict), MetricLabel("code", code),
            MetricLabel("next", next),
        ]
    }

    private var refusals: MetricFamily {
        let reasons = RefusalReason.allCases
        let series = Self.events.flatMap { event in
            reasons.compactMap { reason -> MetricFamily.Series? in
                let count = calls.refusals[event.index * reasons.count + reason.slot]
                guard count > 0 else { return nil }
                let labels = [MetricLabel("event", event.methodName), MetricLabel("reason", reason.rawValue)]
                return MetricFamily.Series(labels, .count(count))
            }
        }
        return MetricFamily(
            "centrifugo_proxy_refusals",
            .counter,
            help: "Calls whose refusal has a reason.",
            series: series
        )
    }

    private var streamsEnded: MetricFamily {
        let endings = StreamEnding.allCases
        let series = Self.events.filter(\.isStream).flatMap { event in
            endings.map { ending in
                MetricFamily.Series(
                    [MetricLabel("event", event.methodName), MetricLabel("end", ending.word)],
                    .count(calls.streamsEnded[event.index * endings.count + Int(ending.rawValue)])
                )
            }
        }
        return MetricFamily(
            "centrifugo_proxy_streams_ended",
            .counter,
            help: "Accepted streams that have ended.",
            series: series
        )
    }

    private var durations: MetricFamily {
        let statuses = LoopMetrics.statuses
        return MetricFamily(
            "centrifugo_proxy_call_duration_seconds",
            .histogram,
            help: "The time from a request's arrival to its written answer; of a stream, to its first message.",
            unit: "seconds",
            series: Self.events.map { event in
                let rows = event.index * statuses..<(event.index + 1) * statuses
                let value = calls.durations.histogram(of: rows, bounds: Buckets.ownDurations)
                return MetricFamily.Series([MetricLabel("event", event.methodName)], .histogram(value))
            }
        )
    }

    /// OpenTelemetry's `rpc.server.call.duration` (semantic conventions for RPC metrics).
    private var semanticDurations: MetricFamily {
        let series = Self.events.flatMap { event in
            GRPCStatus.Code.allCases.compactMap { code -> MetricFamily.Series? in
                let row = event.index * LoopMetrics.statuses + code.rawValue
                guard !calls.durations.isEmpty(row) else { return nil }
                let labels = [
                    MetricLabel("rpc_system_name", "grpc"), MetricLabel("rpc_method", event.fullName),
                    MetricLabel("rpc_response_status_code", code.name),
                ]
                let value = calls.durations.histogram(of: row..<row + 1, bounds: Buckets.semanticDurations)
                return MetricFamily.Series(labels, .histogram(value))
            }
        }
        return MetricFamily(
            "rpc_server_call_duration_seconds",
            .histogram,
            help: "The duration of calls, as OpenTelemetry names it.",
            unit: "seconds",
            series: series
        )
    }

    private var timeLeft: MetricFamily {
        perEvent(
            "centrifugo_proxy_deadline_left_seconds",
            "What was left of a call's deadline at its answer.",
            calls.timeLeft,
            unit: "seconds"
        )
    }

    private func perEvent(
        _ name: String,
        _ help: String,
        _ counts: HistogramCounts,
        unit: String = "bytes"
    ) -> MetricFamily {
        let series = Self.events.compactMap { event -> MetricFamily.Series? in
            guard !counts.isEmpty(event.index) else { return nil }
            let value = counts.histogram(of: event.index..<event.index + 1)
            return MetricFamily.Series([MetricLabel("event", event.methodName)], .histogram(value))
        }
        return MetricFamily(name, .histogram, help: help, unit: unit, series: series)
    }

    // MARK: The server

    private var streams: MetricFamily {
        let series = Self.events.filter(\.isStream).map { event in
            let count = max(0, calls.openStreams[event.index])
            return MetricFamily.Series([MetricLabel("event", event.methodName)], .count(UInt64(count)))
        }
        return MetricFamily("centrifugo_proxy_streams", .gauge, help: "Subscription streams now.", series: series)
    }

    private var connections: [MetricFamily] {
        let oldest = Double(loops.map(\.oldest).max() ?? 0) / 1e9
        return [
            number("centrifugo_proxy_connections", "Open connections.", loops.reduce(0) { $0 + $1.connections }),
            MetricFamily(
                "centrifugo_proxy_connections_accepted",
                .counter,
                help: "Connections since the start.",
                series: [MetricFamily.Series([], .count(loops.reduce(0) { $0 + $1.accepted }))]
            ),
            MetricFamily(
                "centrifugo_proxy_oldest_connection_age_seconds",
                .gauge,
                help: "How long the oldest open connection has been open.",
                unit: "seconds",
                series: [MetricFamily.Series([], .number(oldest))]
            ),
            number(
                "centrifugo_proxy_held_bytes",
                "What the peers of all connections make the server hold.",
                loops.reduce(0) { $0 + $1.heldBytes },
                unit: "bytes"
            ),
        ]
    }

    private var eventLoops: [MetricFamily] {
        [
            MetricFamily(
                "centrifugo_proxy_loop_lag_seconds",
                .gauge,
                help: "How long the event loop took to answer this scrape.",
                unit: "seconds",
                series: loops.enumerated().map { index, loop in
                    MetricFamily.Series([MetricLabel("loop", "\(index)")], .number(Double(loop.lag) / 1e9))
                }
            ),
            MetricFamily(
                "centrifugo_proxy_tick_duration_seconds",
                .histogram,
                help: "The duration of the event loops' ticks: reading, serving and writing for all connections.",
                unit: "seconds",
                series: [MetricFamily.Series([], .histogram(calls.ticks.histogram(of: 0..<1)))]
            ),
            MetricFamily(
                "centrifugo_proxy_held_ticks",
                .counter,
                help: "Ticks of more than 100 ms, during which all connections of a loop had to wait.",
                series: [MetricFamily.Series([], .count(calls.heldTicks))]
            ),
        ]
    }

    private func number(_ name: String, _ help: String, _ value: Int, unit: String? = nil) -> MetricFamily {
        let series = [MetricFamily.Series([], .count(UInt64(max(0, value))))]
        return MetricFamily(name, .gauge, help: help, unit: unit, series: series)
    }
}
