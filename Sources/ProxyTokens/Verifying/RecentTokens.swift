#if Tokens
/// Valid tokens that were looked up a short while ago, up to a number of them.
///
/// The lookup of an entry may have begun before that of an earlier entry, so the queue only bounds the memory: whether an
/// entry is still recent is asked of the entry itself.
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
        guard let entry = entries[key], now < entry.until else { return nil }
        return entry.token
    }

    /// Keeps a token; the one that was kept first goes when there are too many.
    ///
    /// - Parameters:
    ///   - token: The token.
    ///   - key: What it is found by.
    ///   - asked: When its lookup began: it is recent for so long after that.
    ///   - now: The time now.
    mutating func keep(
        _ token: Token,
        for key: Key,
        askedAt asked: ContinuousClock.Instant,
        at now: ContinuousClock.Instant
    ) {
        guard isEnabled else { return }
        dropOld(at: now)
        let until = asked + lifetime
        // A lookup that took longer than that; the entry of a later lookup is left alone.
        guard now < until else { return }
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
