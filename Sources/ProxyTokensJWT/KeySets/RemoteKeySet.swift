#if JWT && HTTPBridge
import CentrifugoProxy
import HTTP2Transport
import HTTPUpstream
import Logging
import ProxyTokens
import Synchronization

/// The keys at a URL, which are fetched again before their lifetime ends, and for a token with an unknown `kid`.
///
/// There is at most one fetch at a time, and one in ``pause``. Keys stay in use until others arrive.
final class RemoteKeySet: KeySource {
    /// The shortest time between the beginnings of two fetches.
    static let pause = Duration.seconds(5)
    /// How long a fetch may take.
    static let longestFetch = Duration.seconds(5)
    /// How large a set may be, in bytes.
    static let largestSet = 1 << 20

    private struct Fetch {
        let number: Int
        let task: Task<Void, Never>
    }

    private struct State {
        var checks: [SignatureCheck] = []
        var ignored: [JWTKeySet.Ignored] = []
        /// The running fetch.
        var fetch: Fetch?
        var fetches = 0
        /// When the next fetch may begin.
        var earliest = Duration.zero
        /// When the next fetch is due.
        var due = Duration.zero
        /// How many fetches have failed since the last one that succeeded, and why the last one did.
        var failures = 0
        var problem: JWTKeyError?
        var isClosed = false
    }

    let url: KeySetURL
    private let server: HTTPUpstream
    private let timeLimit: Duration
    private let clock: RefreshClock
    private let logger: Logger
    private let throttle = LogThrottle()
    private let waiting = SingleFlight<Int, Void>()
    private let state: Mutex<State>

    /// Makes a set, which fetches nothing yet.
    ///
    /// - Parameters:
    ///   - url: The set's URL.
    ///   - authorities: A PEM file of the CAs of its server, in place of the system's.
    ///   - old: The set that this one replaces, whose keys stay in use until others arrive.
    ///   - timeLimit: How long a fetch may take.
    ///   - clock: The clock of fetches.
    ///   - logger: Receives lines about fetches, and about ignored keys.
    /// - Throws: ``JWTKeyError`` when the file has no certificate.
    init(
        _ url: KeySetURL,
        authorities: String?,
        replacing old: RemoteKeySet? = nil,
        timeLimit: Duration = longestFetch,
        clock: RefreshClock,
        logger: Logger
    ) throws(JWTKeyError) {
        do throws(HTTPUpstreamError) {
            server = try HTTPUpstream(maxConnections: 1, maxAnswerSize: Self.largestSet, authorities: authorities)
        } catch {
            throw JWTKeyError("'\(authorities ?? "")' has no certificate of a CA; give a PEM file with one.")
        }
        self.url = url
        self.timeLimit = timeLimit
        self.clock = clock
        self.logger = logger.printable
        var first = State()
        if let old, old.url == url {
            (first.checks, first.ignored) = old.state.withLock { ($0.checks, $0.ignored) }
        }
        state = Mutex(first)
    }

    deinit {
        server.abandon()
    }

    func checks(for token: SignedToken) async throws -> [SignatureCheck] {
        let (checks, isDue) = state.withLock { ($0.checks.serving(token), clock.now() >= $0.due) }
        guard checks.isEmpty else {
            // Nobody has to wait for it: these keys are still in use.
            if isDue { _ = begin() }
            return checks
        }
        try await fetchIfAllowed()
        return try state.withLock { state in
            let checks = state.checks.serving(token)
            // An outage does not make a token invalid.
            guard !checks.isEmpty || state.failures == 0 && !state.checks.isEmpty else {
                throw TokenStorageError(.unavailable, "The keys of '\(url.shown)' could not be fetched.")
            }
            return checks
        }
    }

    /// Whether any keys are in use.
    var hasKeys: Bool { state.withLock { !$0.checks.isEmpty } }

    func reload() async -> Bool {
        do {
            try await requireKeys()
            return true
        } catch {
            return false
        }
    }

    /// Fetches the keys, if it may be done already.
    ///
    /// - Throws: ``JWTKeyError`` when the last fetch has failed.
    func requireKeys() async throws {
        try await fetchIfAllowed()
        if let problem = state.withLock(\.problem) { throw problem }
    }

    func run() async {
        while !Task.isCancelled, !state.withLock(\.isClosed) {
            let wait = state.withLock { max($0.due, $0.earliest) - clock.now() }
            if wait > .zero {
                try? await clock.sleep(wait)
            } else {
                try? await fetchIfAllowed()
            }
        }
        let fetch = state.withLock { state in
            state.isClosed = true
            return state.fetch
        }
        fetch?.task.cancel()
        await server.shutDown()
    }

    /// Waits for the running fetch, or for one that begins now if it may.
    private func fetchIfAllowed() async throws {
        guard let fetch = begin() else { return }
        // A caller that leaves does not end the fetch for the others.
        try await waiting.value(for: fetch.number) { await fetch.task.value }
    }

    /// The running fetch, or one that begins now; nil when it is too early for that.
    private func begin() -> Fetch? {
        state.withLock { state in
            if let fetch = state.fetch { return fetch }
            let now = clock.now()
            guard now >= state.earliest, !state.isClosed else { return nil }
            state.earliest = now + Self.pause
            state.fetches += 1
            // Detached, since it belongs to no call: neither to its trace nor to its priority.
            let fetch = Fetch(number: state.fetches, task: Task.detached { await self.fetch(since: now) })
            state.fetch = fetch
            return fetch
        }
    }

    private func fetch(since start: Duration) async {
        do {
            let set = try await download()
            let (isNews, seen) = state.withLock { state in
                defer {
                    state.fetch = nil
                    state.checks = set.checks
                    state.ignored = set.ignored
                    state.failures = 0
                    state.problem = nil
                    state.due = start + set.lifetime * 4 / 5
                }
                return (state.checks.isEmpty || state.failures > 0, state.ignored)
            }
            if set.ignored != seen { for key in set.ignored { key.report(to: logger, ["url": "\(url.shown)"]) } }
            logger.log(
                level: isNews ? .notice : .debug,
                "fetched the keys of tokens",
                metadata: ["url": "\(url.shown)", "keys": "\(set.checks.count)", "lifetime": "\(set.lifetime)"]
            )
        } catch {
            fail(error as? JWTKeyError ?? JWTKeyError("\(error)"))
        }
    }

    private func fail(_ problem: JWTKeyError) {
        let (hasKeys, isClosed, wait) = state.withLock { state in
            state.fetch = nil
            state.failures += 1
            state.problem = problem
            let wait = Self.backoff(after: state.failures)
            state.due = clock.now() + wait
            return (!state.checks.isEmpty, state.isClosed, wait)
        }
        guard !isClosed else { return }
        throttle.warn(
            logger,
            hasKeys
                ? "the keys of tokens cannot be fetched; the previous ones stay in use"
                : "the keys of tokens cannot be fetched; no token is accepted until they are",
            metadata: ["url": "\(url.shown)", "error": "\(problem)", "next_in": "\(wait)"]
        )
    }

    /// How long to wait after so many failures in a row.
    static func backoff(after failures: Int) -> Duration {
        .seconds(min(5 << min(max(failures, 1) - 1, 4), 60))
    }

    private func download() async throws -> (
        checks: [SignatureCheck], ignored: [JWTKeySet.Ignored], lifetime: Duration
    ) {
        let request = HTTPRequest(
            method: "GET",
            url: url.text,
            headers: [("accept", "application/json"), ("user-agent", "centrifugo-proxy")]
        )
        let answer: HTTPAnswer
        do {
            answer = try await server.answer(to: request, within: timeLimit)
        } catch HTTPUpstreamError.unavailable(let reason) {
            throw JWTKeyError(reason)
        } catch HTTPUpstreamError.answerTooLarge(let limit) {
            throw JWTKeyError("the answer is larger than \(limit) bytes")
        }
        guard answer.status == 200 else {
            let isRedirect = 300..<400 ~= answer.status
            throw JWTKeyError(
                "the answer's status is \(answer.status)"
                    + (isRedirect ? ", a redirect, which is not followed; give the URL that it leads to" : "")
            )
        }
        let (keys, ignored) = try JWTKeySet.parse(answer.body, readableBy: .everybody)
        var checks: [SignatureCheck] = []
        for key in keys { checks.append(try await SignatureCheck(key)) }
        let lifetime = KeySetLifetime.lifetime(
            cacheControl: answer.values(of: "cache-control"),
            age: answer.values(of: "age")
        )
        return (checks, ignored, lifetime)
    }
}
#endif
