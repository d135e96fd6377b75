#if Tokens
import CentrifugoProxy
import Logging
import ProxyTokens
import Testing
import LogTestKit
import TokenTestKit

/// Extends connections and subscriptions by their tokens.
@Suite struct TokenSessionsRefreshTests {
    private let clock = SettableClock(at: 1_000)
    private let log = LogLines()
    private let storage: InMemoryTokenStorage

    init() {
        storage = InMemoryTokenStorage(clock: clock.unix)
    }

    private func sessions(_ verifier: (any TokenVerifier)? = nil) -> TokenSessions {
        var configuration = TokenSessions.Configuration()
        configuration.sessionInterval = .seconds(100)
        configuration.subscriptionInterval = .seconds(50)
        configuration.meta = { _ in try .json(["own": "meta"]) }
        return TokenSessions(verifier ?? storage, configuration: configuration, clock: clock.unix, logger: log.logger)
    }

    /// The answers to a connection and one of its subscriptions that are about to expire.
    private func refresh(
        _ sessions: TokenSessions,
        user: String = "alice",
        meta: Payload
    ) async throws -> (RefreshResult, SubRefreshResult) {
        let connection = try await sessions.refresh(
            RefreshRequest(user: user, meta: meta),
            context: CallContext(event: .refresh)
        )
        let subscription = try await sessions.subRefresh(
            SubRefreshRequest(user: user, channel: "news", meta: meta),
            context: CallContext(event: .subRefresh)
        )
        return (connection, subscription)
    }

    private func connect(_ sessions: TokenSessions, _ secret: TokenSecret) async throws -> ConnectResult {
        let request = ConnectRequest(encoding: "json", data: try Payload.json(["authToken": secret.text]).bytes)
        return try await sessions.connect(request, context: CallContext(event: .connect))
    }

    @Test("extends while the token is valid, up to its expiry")
    func prolongs() async throws {
        let sessions = sessions()
        let issued = try await storage.create(user: "alice", expiresIn: .seconds(300))
        let meta = try await connect(sessions, issued.secret).meta
        #expect(meta.text?.contains(issued.secret.text) == false)
        clock.now = 1_100
        #expect(try await refresh(sessions, meta: meta) == (.prolonged(until: 1_200), .prolonged(until: 1_150)))
        clock.now = 1_290
        #expect(try await refresh(sessions, meta: meta) == (.prolonged(until: 1_300), .prolonged(until: 1_300)))
        clock.now = 1_299
        #expect(try await refresh(sessions, meta: meta) == (.expired, .expired))
    }

    @Test("extends for a token without an expiry, but never for ever")
    func eternal() async throws {
        let sessions = sessions()
        let meta = try await connect(sessions, storage.create(user: "alice", expiresIn: nil).secret).meta
        #expect(try await refresh(sessions, meta: meta) == (.prolonged(until: 1_100), .prolonged(until: 1_050)))
    }

    @Test("expires what began with a revoked token")
    func revoked() async throws {
        let sessions = sessions()
        let issued = try await storage.create(user: "alice", expiresIn: nil)
        let meta = try await connect(sessions, issued.secret).meta
        try await storage.delete(reference: issued.token.reference)
        #expect(try await refresh(sessions, meta: meta) == (.expired, .expired))
        await #expect(throws: Disconnect.unauthorized) { try await connect(sessions, issued.secret) }
    }

    @Test("expires the connection of another user")
    func otherUser() async throws {
        let sessions = sessions()
        let meta = try await connect(sessions, storage.create(user: "alice", expiresIn: nil).secret).meta
        #expect(try await refresh(sessions, user: "bob", meta: meta) == (.expired, .expired))
        #expect(try await refresh(sessions, user: "", meta: meta) == (.expired, .expired))
    }

    @Test(
        "expires what has no reference in its meta",
        arguments: ["{}", "[]", "null", #"{"token": 5}"#, #"{"token": "other"}"#, "{", #"{"Token": "x"}"#]
    )
    func otherMeta(meta: String) async throws {
        #expect(try await refresh(sessions(), meta: .text(meta)) == (.expired, .expired))
        #expect(log.all().isEmpty)
    }

    @Test("does not accept a clear text as a reference")
    func clearText() async throws {
        let issued = try await storage.create(user: "alice", expiresIn: nil)
        let meta = try Payload.json(["token": issued.secret.text])
        #expect(try await refresh(sessions(), meta: meta) == (.expired, .expired))
    }

    @Test("expires without meta, and says once which option is missing")
    func noMeta() async throws {
        let sessions = sessions()
        for _ in 0..<3 { #expect(try await refresh(sessions, meta: .empty) == (.expired, .expired)) }
        #expect(log.all(from: .warning).count == 1)
        #expect(log.all().first?.contains("include_connection_meta") == true)
    }

    @Test("fails the call during an outage, so that clients stay connected")
    func outage() async throws {
        let fake = FakeVerifier(["a": Token(reference: "ref", user: "alice", expireAt: nil)])
        fake.fails = true
        let sessions = sessions(fake)
        let meta: Payload = #"{"token":"ref"}"#
        await #expect(throws: FakeVerifier.Outage.self) { try await refresh(sessions, meta: meta) }
        fake.fails = false
        #expect(try await refresh(sessions, meta: meta) == (.prolonged(until: 1_100), .prolonged(until: 1_050)))
    }
}
#endif
