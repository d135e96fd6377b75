#if Tokens
/// Recently looked up valid tokens, up to a maximum number.
///
/// An entry's lookup may have begun before that of an earlier entry, so the queue only bounds the memory: each entry
/// stores how long it is recent.
struct RecentTokens<Key: Hashable & Sendable>: Sendable {
    private let lifetime: Duration
    private let capacity: Int
    private var entries: [Key: (token: Token, until: ContinuousClock.Instant)] = [:]
    private var order: [(key: Key, until: ContinuousClock.Instant)] = []
    /// The index in `order` of the oldest entry; earlier ones are gone.
    private var oldest = 0

    init(lifetime: Duration, capacity: Int) {
        self.lifetime = lifetime
        self.capacity = capacity
    }

    var isEnabled: Bool { lifetime > .zero && capacity > 0 }
    var count: Int { entries.count }

    /// The token stored under a key, as long as it is recent.
    mutating func token(for key: Key, at now: ContinuousClock.Instant) -> Token? {
        dropOld(at: now)
        guard let entry = entries[key], now < entry.until else { return nil }
        return entry.token
    }

    /// Stores a token; removes the one stored first when there are too many.
    ///
    /// - Parameters:
    ///   - token: The token.
    ///   - key: The key for later lookups.
    ///   - asked: When its lookup began; it counts as recent from then on.
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
        // The lookup took longer than tokens are remembered; an entry of a later lookup stays.
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
        // An entry that was stored again since then stays for its new time.
        if entries[key]?.until == until { entries[key] = nil }
        if oldest > order.count / 2 {
            order.removeFirst(oldest)
            oldest = 0
        }
    }
}
#endif
