import HTTP2Transport
import Logging
import Metrics

/// Counts the unary calls that handlers have, over all event loops, and sheds those above the limit.
///
/// Without it, calls behind a stalled database pile up until each of them misses its deadline. Subscription streams do
/// not count: they are meant to stay. Nor do health checks and reflection, which no handler serves.
final class CallLimiter: Sendable {
    private let limit: Int
    private let limiter: ConcurrencyLimiter
    private let shed = Counter(label: "centrifugo_proxy_shed_calls")
    private let throttle = LogThrottle()
    private let hoarding = LogThrottle()

    init(limit: Int) {
        self.limit = limit
        limiter = ConcurrencyLimiter(limit: limit)
    }

    /// Takes a call in.
    /// - Returns: Whether there was room; only then `leave()` is due.
    func enter() -> Bool {
        limiter.enter()
    }

    /// Counts and logs a call for which there was no room.
    func reportShed(to logger: Logger) {
        shed.increment()
        throttle.warn(
            logger,
            "calls are refused, since handlers have as many as maxConcurrentCalls allows",
            metadata: ["limit": "\(limit)"]
        )
    }

    /// Counts and logs a call that came when its connection had made us hold too much.
    func reportHoarding(by peer: String, to logger: Logger) {
        shed.increment()
        hoarding.warn(
            logger,
            "calls are refused, since their connection holds five eighths of maxConnectionMemory",
            metadata: ["peer": "\(peer)"]
        )
    }

    /// Lets a call out: its handler is done, or never got it.
    func leave() {
        limiter.leave()
    }
}
