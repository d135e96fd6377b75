import CentrifugoProxy
import Synchronization

/// Lets each user make some calls at once, and then one in each interval: a token bucket for each.
final class RateLimit<Time: Clock<Duration>>: Interceptor {
    /// Anonymous users are told apart by their connections.
    private enum Caller: Hashable {
        case user(String)
        case connection(String)
    }

    private struct Buckets {
        /// When the bucket of each caller is full again.
        ///
        /// A full one is like one that was never there.
        var full: [Caller: Time.Instant] = [:]
        var swept: Time.Instant?
    }

    private let burst: Int
    private let interval: Duration
    private let maxCallers: Int
    private let clock: Time
    private let buckets = Mutex(Buckets())

    init(burst: Int, every interval: Duration, maxCallers: Int = 100_000, clock: Time = ContinuousClock()) {
        (self.burst, self.interval, self.maxCallers, self.clock) = (burst, interval, maxCallers, clock)
    }

    nonisolated(nonsending) func intercept<Request: EventRequest, Answer: EventAnswer>(
        _ request: Request,
        context: CallContext,
        next: NextHandler<Request, Answer>
    ) async throws -> Answer {
        // Not yet known in Connect.
        guard let user = request.userID else { return try await next(request, context) }
        guard takeToken(of: user.isEmpty ? .connection(request.clientID ?? "") : .user(user)) else {
            throw .rateLimited
        }
        return try await next(request, context)
    }

    private func takeToken(of caller: Caller) -> Bool {
        let now = clock.now
        return buckets.withLock { buckets in
            if buckets.full[caller] == nil, buckets.full.count >= maxCallers {
                // Not for every call: in this time, any bucket becomes full.
                if let swept = buckets.swept, swept.duration(to: now) < interval * burst { return false }
                buckets.swept = now
                buckets.full = buckets.full.filter { $0.value > now }
                guard buckets.full.count < maxCallers else { return false }
            }
            let full = max(buckets.full[caller] ?? now, now).advanced(by: interval)
            guard now.duration(to: full) <= interval * burst else { return false }
            buckets.full[caller] = full
            return true
        }
    }
}
