#if Tokens
import CentrifugoProxy
import Metrics
import Synchronization

/// Reduces the load on a verifier: callers that ask for one token at the same time share one lookup, and valid tokens
/// may be remembered for a short while.
///
/// A failed lookup fails for every caller that waits for it, and is not remembered; invalid tokens are not remembered
/// either. With `cacheFor`, a revoked token may stay valid for that long after the beginning of its last lookup,
/// however long that lookup took.
///
/// Counts in the metrics `centrifugo_proxy_token_lookups`, `…_token_lookups_shared`, `…_token_lookups_cached` and
/// `…_token_lookups_failed`, each with the dimension `verifier`.
public final class CachedVerifier: TokenVerifier {
    private enum Key: Hashable {
        case secret(TokenDigest)
        case reference(ExactText)
    }

    /// What a lookup found, and when it began.
    private struct Found: Sendable {
        let token: Token?
        let asked: ContinuousClock.Instant
    }

    private let verifier: any TokenVerifier
    private let clock: UnixClock
    private let instant: @Sendable () -> ContinuousClock.Instant
    private let recent: Mutex<RecentTokens<Key>>
    private let flights: SingleFlight<Key, Found>
    private let cacheFor: Duration
    private let lookups: Counter
    private let cached: Counter
    private let failed: Counter

    /// Makes a verifier that asks another one.
    ///
    /// - Parameters:
    ///   - verifier: The verifier to ask.
    ///   - name: The value of the metrics' dimension.
    ///   - cacheFor: How long a valid token is remembered; zero remembers none.
    ///   - maxEntries: The most tokens that are remembered.
    ///   - clock: The clock for the expiry of remembered tokens.
    public convenience init(
        _ verifier: any TokenVerifier,
        name: String = "default",
        cacheFor: Duration = .zero,
        maxEntries: Int = 10_000,
        clock: UnixClock = .system
    ) {
        self.init(
            verifier,
            name: name,
            cacheFor: cacheFor,
            maxEntries: maxEntries,
            clock: clock,
            instant: { .now }
        )
    }

    package init(
        _ verifier: any TokenVerifier,
        name: String = "default",
        cacheFor: Duration,
        maxEntries: Int,
        clock: UnixClock,
        instant: @escaping @Sendable () -> ContinuousClock.Instant
    ) {
        let dimensions = [("verifier", name)]
        let shared = Counter(label: "centrifugo_proxy_token_lookups_shared", dimensions: dimensions)
        self.verifier = verifier
        self.clock = clock
        self.instant = instant
        self.cacheFor = cacheFor
        recent = Mutex(RecentTokens(lifetime: cacheFor, capacity: maxEntries))
        flights = SingleFlight { shared.increment() }
        lookups = Counter(label: "centrifugo_proxy_token_lookups", dimensions: dimensions)
        cached = Counter(label: "centrifugo_proxy_token_lookups_cached", dimensions: dimensions)
        failed = Counter(label: "centrifugo_proxy_token_lookups_failed", dimensions: dimensions)
    }

    /// Looks a token up by its clear text.
    public func token(_ secret: TokenSecret) async throws -> Token? {
        try await verdict(secret).token
    }

    /// Looks a token up by its clear text, and says why it is not valid.
    public func verdict(_ secret: TokenSecret) async throws -> TokenVerdict {
        guard !secret.isTooLong else { return .refused(.tooLarge) }
        return try await TokenVerdict {
            try await token(for: .secret(TokenDigest(secret))) { [verifier] in try await verifier.verdict(secret).get()
            }
        }
    }

    /// Looks a token up by its reference.
    public func token(reference: String) async throws -> Token? {
        try await verdict(reference: reference).token
    }

    /// Looks a token up by its reference, and says why it is not valid.
    public func verdict(reference: String) async throws -> TokenVerdict {
        try await TokenVerdict {
            try await token(for: .reference(ExactText(reference))) { [verifier] in
                try await verifier.verdict(reference: reference).get()
            }
        }
    }

    private func token(for key: Key, look: @escaping @Sendable () async throws -> Token?) async throws -> Token? {
        let arrived = instant()
        if let token = recent.withLock({ $0.token(for: key, at: arrived) }) {
            cached.increment()
            return token.isExpired(at: clock.now) ? nil : token
        }
        while true {
            let found = try await flights.value(for: key) { [self] in try await lookUp(key, look) }
            // A lookup that took longer than tokens are remembered is out of date by now; the next one begins now.
            guard cacheFor > .zero, found.asked + cacheFor <= arrived else { return found.token }
        }
    }

    private func lookUp(_ key: Key, _ look: @Sendable () async throws -> Token?) async throws -> Found {
        lookups.increment()
        do {
            // The result is as old as the question, not as the answer.
            let asked = instant()
            let token = try await look()
            if let token { recent.withLock { $0.keep(token, for: key, askedAt: asked, at: instant()) } }
            return Found(token: token, asked: asked)
        } catch {
            if !(error is RefusedTokenError) { failed.increment() }
            throw error
        }
    }
}
#endif
