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
    private let tracing: CallTracing?
    /// The share of the calls that are traced by chance; nil when each call's metadata have to be asked, or none is traced.
    private let traced: Double?
    private let isTracing: Bool
    private unowned let loop: ServerLoop
    private let isLogging: Bool
    @exclusivity(unchecked) private var log: AccessLogWriter?
    @exclusivity(unchecked) private var pending: [CallObservation] = []
    @exclusivity(unchecked) private var wallClock = WallClock()
    @exclusivity(unchecked) private var dice = SampleDice()
    /// Accepted calls that came together, whose count is not in `pending` yet.
    @exclusivity(unchecked) private var run = CallObservation(event: 0, .accepted, receivedAt: 0)
    @exclusivity(unchecked) private var runCount: UInt64 = 0

    init(on loop: ServerLoop, accessLog: AccessLog?, tracing: CallTracing?) {
        self.loop = loop
        self.tracing = tracing
        isTracing = tracing != nil
        traced = tracing.flatMap { $0.forwarded == .parent ? nil : $0.sample }
        log = accessLog.flatMap { AccessLogWriter($0) }
        isLogging = log != nil
        loop.observer = self
    }

    /// Whether calls of an event may have lines in the log.
    func isLogging(eventAt event: Int) -> Bool {
        isLogging && log?.events[event] ?? false
    }

    /// Begins the span of a call, if the call is to be traced.
    func beginTrace(of event: ProxyEvent, _ metadata: Metadata, receivedAt: UInt64) -> CallTrace? {
        // Before `tracing` is read: that copies its tracer.
        guard isTracing, traced.map({ dice.chooses($0) }) ?? true else { return nil }
        return tracing?.begin(event, metadata, at: wallClock.time(at: receivedAt), by: &dice)
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
    ///
    /// - Parameters:
    ///   - observation: The outcome.
    ///   - subject: Who asked for what; read only for a span or a line.
    func observe(_ observation: CallObservation, about subject: @autoclosure () -> CallSubject? = nil) {
        if let trace = observation.trace { trace.note(observation, about: subject()) }
        if isLogging { log?.add(observation, about: subject()) }
        if observation.isPlain {
            let (event, deadline) = (observation.event, observation.deadline)
            accepted(eventAt: event, receivedAt: observation.receivedAt, deadline: deadline)
        } else {
            if pending.isEmpty, runCount == 0 { loop.wantTick() }
            pending.append(observation)
        }
        // A connection may end with a million streams.
        if max(pending.count, log?.waiting ?? 0) >= Self.mostPending { takePending(at: ServerLoop.clock) }
    }

    func tickEnded(from start: UInt64, to end: UInt64, wasHeld: Bool) {
        metrics.ticked(end - start, wasHeld: wasHeld)
        if !pending.isEmpty || runCount > 0 { takePending(at: end) }
    }

    private func takePending(at end: UInt64) {
        endRun()
        let now = wallClock.time(at: end)
        for observation in pending { take(observation, at: end, now) }
        pending.removeAll(keepingCapacity: true)
        if isLogging { log?.write(at: end, now) }
    }

    private func take(_ observation: CallObservation, at end: UInt64, _ now: Int64) {
        let event = observation.event
        if let ending = observation.ending {
            metrics.streamEnded(ending, ofEventAt: event)
        } else {
            let times = observation.count
            let duration = observation.duration(until: end)
            metrics.count(observation.verdict, reason: observation.reason, ofEventAt: event, times: times)
            let exemplar = observation.trace.map {
                MetricExemplar(traceID: $0.traceID, value: Double(duration) / 1e9, time: Double(now) / 1e9)
            }
            metrics.took(duration, observation.verdict.status, ofEventAt: event, times: times, trace: exemplar)
            if let deadline = observation.deadline {
                metrics.hadLeft(deadline > end ? deadline - end : 0, ofEventAt: event, times: times)
            }
        }
        if let trace = observation.trace, observation.finalStatus != nil { trace.end(at: now) }
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
            difference = LogClock.now - Int64(clamping: ServerLoop.clock)
            isComparedUntil = moment + Self.interval
        }
        return Int64(clamping: moment) + difference
    }
}
