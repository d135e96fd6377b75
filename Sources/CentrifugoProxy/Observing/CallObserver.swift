import GRPCCall
import HTTP2Transport
import Logging
import MetricsExposition
import ProxyLogging

/// Counts, logs and traces the calls of one event loop.
///
/// Calls tell how they have ended as soon as their answer is made. What takes longer is done at the end of the tick, when
/// answers are written, all calls one after the other: the tick's own end is then their time, and no call reads a clock.
final class CallObserver: TickObserver {
    // Observations that wait for the end of the tick: enough for a usual one, and less than 256 KiB.
    private static let mostPending = 1_024

    @exclusivity(unchecked) var metrics = LoopMetrics()
    /// Whether somebody wants to know who asked for what.
    let wantsSubjects: Bool
    /// Whether calls may have spans.
    let isTracing: Bool
    private let tracing: CallTracing?
    private unowned let loop: ServerLoop
    private var log: AccessLogWriter?
    @exclusivity(unchecked) private var pending: [CallObservation] = []
    private var wallClock = WallClock()
    /// Accepted calls that came together, whose count is not in `pending` yet.
    @exclusivity(unchecked) private var run = CallObservation(event: 0, .accepted, receivedAt: 0)
    @exclusivity(unchecked) private var runCount: UInt64 = 0

    init(on loop: ServerLoop, accessLog: AccessLog?, tracing: CallTracing?) {
        self.loop = loop
        self.tracing = tracing
        log = accessLog.flatMap { AccessLogWriter($0) }
        isTracing = tracing != nil
        wantsSubjects = log != nil || tracing != nil
        loop.observer = self
    }

    /// Begins the span of a call, if the call is to be traced.
    func beginTrace(of event: ProxyEvent, _ metadata: Metadata, receivedAt: UInt64) -> CallTrace? {
        guard let tracing, tracing.wants(metadata) else { return nil }
        return tracing.begin(event, metadata, at: wallClock.time(at: receivedAt))
    }

    /// Takes an accepted call of which nobody wants to know more: nearly all calls are such, and many came together.
    func accepted(eventAt event: Int, receivedAt: UInt64, deadline: UInt64?) {
        if runCount > 0 {
            if run.event == event, run.receivedAt == receivedAt, run.deadline == deadline {
                runCount += 1
                return
            }
            endRun()
        } else if pending.isEmpty {
            loop.wantTick()
        }
        run = CallObservation(event: event, .accepted, receivedAt: receivedAt)
        run.deadline = deadline
        runCount = 1
    }

    private func endRun() {
        guard runCount > 0 else { return }
        run.count = runCount
        runCount = 0
        pending.append(run)
    }

    /// Takes the outcome of a call, or of a stream.
    func observe(_ observation: CallObservation) {
        if pending.isEmpty, runCount == 0 { loop.wantTick() }
        pending.append(observation)
        // A connection may end with a million streams.
        if pending.count >= Self.mostPending { takePending(at: ServerLoop.clock) }
    }

    func tickEnded(from start: UInt64, to end: UInt64, wasHeld: Bool) {
        metrics.ticked(end - start, wasHeld: wasHeld)
        endRun()
        if !pending.isEmpty { takePending(at: end) }
    }

    private func takePending(at end: UInt64) {
        let now = wallClock.time(at: end)
        for observation in pending { take(observation, at: end, now) }
        pending.removeAll(keepingCapacity: true)
        log?.flush()
    }

    private func take(_ observation: CallObservation, at end: UInt64, _ now: Int64) {
        let event = observation.event
        let duration = end > observation.receivedAt ? end - observation.receivedAt : 0
        let details = observation.details
        if let ending = details?.ending {
            metrics.streamEnded(ending, ofEventAt: event)
        } else {
            let times = observation.count
            metrics.count(observation.verdict, reason: observation.reason, ofEventAt: event, times: times)
            let exemplar = details?.trace.map {
                MetricExemplar(traceID: $0.traceID, value: Double(duration) / 1e9, time: Double(now) / 1e9)
            }
            metrics.took(duration, observation.verdict.status, ofEventAt: event, times: times, trace: exemplar)
            if let deadline = observation.deadline {
                metrics.hadLeft(deadline > end ? deadline - end : 0, ofEventAt: event, times: times)
            }
        }
        log?.write(observation, duration: duration, at: now)
        if let trace = details?.trace { trace.observe(observation, at: now) }
    }
}

/// The time of day at a moment of a loop's clock.
struct WallClock {
    // Nanoseconds after which the two clocks are compared again: somebody may set the time of day.
    private static let interval: UInt64 = 1_000_000_000
    private var difference: Int64 = 0
    private var isComparedUntil: UInt64 = 0

    /// Nanoseconds since 1970.
    mutating func time(at moment: UInt64) -> Int64 {
        if moment >= isComparedUntil {
            difference = ServerLoop.timeOfDay - Int64(clamping: ServerLoop.clock)
            isComparedUntil = moment + Self.interval
        }
        return Int64(clamping: moment) + difference
    }
}
