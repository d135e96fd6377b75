import HTTP2Transport
import Logging
import Metrics

/// Limits the unary calls that handlers have at a time, over all event loops, and sheds those above the limit.
///
/// Without it, calls pile up while a database is stalled, until each of them misses its deadline. Subscription streams are
/// not limited here, since they are meant to stay, nor are health checks and reflection, which no handler serves.
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

    /// How many calls handlers have.
    var count: Int { limiter.inUse }

    /// Admits a call, if there is room.
    /// - Returns: Whether it was admitted; each admitted call needs a `leave()`.
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

    /// Counts and logs a call whose connection has made the server hold too much.
    func reportHoarding(by peer: String, to logger: Logger) {
        shed.increment()
        hoarding.warn(
            logger,
            "calls are refused, since their connection holds five eighths of maxConnectionMemory",
            metadata: ["peer": "\(peer)"]
        )
    }

    /// An admitted call is over: its handler is done, or never got it.
    func leave() {
        limiter.leave()
    }
}
