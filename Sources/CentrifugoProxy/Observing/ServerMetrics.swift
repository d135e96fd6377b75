import HTTP2Transport
public import MetricsExposition
import Synchronization

/// What a server counts: its calls and their durations, streams, connections, event loops and certificates.
///
/// Calls only add to arrays of their event loop; what reads them here copies the arrays of one loop after the other.
public final class ServerMetrics: Sendable {
    private struct State {
        var observers: [LoopConfined<CallObserver>] = []
        var server: HTTP2Server?
        var certificates: CertificateReloader?
        var callLimiter: CallLimiter?
        /// The counts when the server ended.
        var last = LoopMetrics()
    }

    private let state = Mutex(State())

    init() {}

    /// The metrics now, each with all its series.
    public func families() async -> [MetricFamily] {
        let (server, observers, last, certificates, limiter) = state.withLock {
            ($0.server, $0.observers, $0.last, $0.certificates, $0.callLimiter)
        }
        guard let server else { return ServerMetricsReport(calls: last).families }
        let (calls, loops) = await Self.readCounts(of: server, observers, addedTo: last)
        var report = ServerMetricsReport(calls: calls)
        report.loops = loops
        report.callsInFlight = limiter?.count ?? 0
        return report.families + (certificates.map { [$0.family] } ?? [])
    }

    // MARK: The server

    /// Adds a loop's observer, in the order of the server's loops.
    func add(_ observer: CallObserver) {
        let observer = LoopConfined(observer)
        state.withLock { $0.observers.append(observer) }
    }

    func limits(_ limiter: CallLimiter) {
        state.withLock { $0.callLimiter = limiter }
    }

    /// The server serves.
    func serve(_ server: HTTP2Server, _ certificates: CertificateReloader) {
        state.withLock {
            $0.server = server
            $0.certificates = certificates
        }
    }

    /// The server is about to end, and its loops with it: keeps their counts.
    func end() async {
        let (server, observers) = state.withLock { ($0.server, $0.observers) }
        let last = if let server { await Self.readCounts(of: server, observers).calls } else { LoopMetrics() }
        state.withLock {
            $0 = State()
            $0.last = last
        }
    }

    /// The counts of all loops together, and the loops.
    private static func readCounts(
        of server: HTTP2Server,
        _ observers: [LoopConfined<CallObserver>],
        addedTo last: LoopMetrics = LoopMetrics()
    ) async -> (calls: LoopMetrics, loops: [LoopSnapshot]) {
        let snapshots = await server.snapshots { observers[$0].value.metrics }
        return (snapshots.reduce(into: last) { $0.add($1.value) }, snapshots.map(\.loop))
    }
}
