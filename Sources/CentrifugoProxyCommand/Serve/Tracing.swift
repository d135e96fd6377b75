import CentrifugoProxy
import Logging
import ProxyPolicy
import ProxyTracing

extension Policy {
    /// Makes the tracer of the policy and of the environment, and has the server use it.
    ///
    /// - Returns: The tracer, to be run as a service; nil when no spans are wanted.
    /// - Throws: An error whose description says what cannot be used.
    func startTracing(_ configuration: inout ProxyServer.Configuration, logger: Logger) throws -> OTLPTracer? {
        guard let settings = try makeTracing() else { return nil }
        let tracer = try OTLPTracer(settings.exporter, logger: logger)
        configuration.tracing = CallTracing(tracer, sample: settings.sample, forwarded: settings.forwarded)
        return tracer
    }
}

extension OTLPTracer? {
    /// The exporter's own metric, with zeros when there is none.
    var spansFamily: MetricFamily {
        let counts = self?.counts ?? OTLPTracer.Counts()
        let series = [("exported", counts.exported), ("dropped", counts.dropped), ("failed", counts.failed)]
        return MetricFamily(
            "centrifugo_proxy_spans",
            .counter,
            help: "Spans that ended, by what became of them.",
            series: series.map { MetricFamily.Series([MetricLabel("result", $0.0)], .count(UInt64($0.1))) }
        )
    }
}
