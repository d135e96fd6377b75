#if Tokens
/// Valid tokens that were looked up a short while ago, up to a number of them.
///
/// All are kept for the same time, so the order they came in is the order they go in.
struct RecentTokens<Key: Hashable & Sendable>: Sendable {
    private let lifetime: Duration
    private let capacity: Int
    private var entries: [Key: (token: Token, until: ContinuousClock.Instant)] = [:]
    private var order: [(key: Key, until: ContinuousClock.Instant)] = []
    /// The place in `order` of the oldest entry; what is before it is gone.
    private var oldest = 0

    init(lifetime: Duration, capacity: Int) {
        self.lifetime = lifetime
        self.capacity = capacity
    }

    var isEnabled: Bool { lifetime > .zero && capacity > 0 }
    var count: Int { entries.count }

    /// The token that was kept under a key, while it is recent.
    mutating func token(for key: Key, at now: ContinuousClock.Instant) -> Token? {
        dropOld(at: now)
        return entries[key]?.token
    }

    /// Keeps a token; the oldest one goes when there are too many.
    mutating func keep(_ token: Token, for key: Key, at now: ContinuousClock.Instant) {
        guard isEnabled else { return }
        dropOld(at: now)
        let until = now + lifetime
        entries[key] = (token, until)
        order.append((key, until))
        while entries.count > capacity { dropOldest() }
    }

    private mutating func dropOld(at now: ContinuousClock.Instant) {
        while oldest < order.count, order[oldest].until <= now { dropOldest() }
    }

    private mutating func dropOldest() {
        let (key, until) = order[oldest]
        oldest += 1
        // One that was kept again since then stays for its new time.
        if entries[key]?.until == until { entries[key] = nil }
        if oldest > order.count / 2 {
            order.removeFirst(oldest)
            oldest = 0
        }
    }
}
#endif
