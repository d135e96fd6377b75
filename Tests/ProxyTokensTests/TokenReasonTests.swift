#if Tokens
import CentrifugoProxy
import ProxyTokens
import Testing
import LogTestKit
import TokenTestKit

/// Why tokens are refused, as the access log shows it; clients get the same answer for all reasons.
@Suite struct TokenReasonTests {
    private let clock = SettableClock(at: 1_000)
    private let log = LogLines()
    private let storage: InMemoryTokenStorage

    init() {
        storage = InMemoryTokenStorage(clock: clock.unix)
    }

    private func sessions(_ verifier: (any TokenVerifier)? = nil) -> TokenSessions {
        var configuration = TokenSessions.Configuration()
        configuration.metadataKey = "authorization"
        return TokenSessions(verifier ?? storage, configuration: configuration, clock: clock.unix, logger: log.logger)
    }

    private func reason(
        _ data: String,
        metadata: [(String, String)] = [],
        _ verifier: (any TokenVerifier)? = nil
    ) async -> RefusalReason? {
        let context = CallContext(event: .connect, metadata: Metadata(metadata))
        let request = ConnectRequest(encoding: "json", data: [UInt8](data.utf8))
        _ = try? await sessions(verifier).connect(request, context: context)
        return context.refusalReason
    }

    private func data(_ text: String) -> String { "{\"authToken\": \"\(text)\"}" }

    @Test("distinguishes the causes of a failed login")
    func connect() async throws {
        let good = try await storage.create(user: "alice", expiresIn: .seconds(60))
        #expect(await reason(data(good.secret.text)) == nil)
        for none in ["", "{}", "[]", data("")] { #expect(await reason(none) == .noToken, "\(none)") }
        #expect(await reason(data("nobody's")) == .unknownToken)
        #expect(await reason(data(String(repeating: "x", count: TokenSecret.longest + 1))) == .tooLarge)
        let twice = [("authorization", "Bearer a"), ("authorization", "Bearer b")]
        #expect(await reason("", metadata: twice) == .unknownToken)
        clock.advance(by: 60)
        #expect(await reason(data(good.secret.text)) == .expired)
        try await storage.delete(good.secret)
        #expect(await reason(data(good.secret.text)) == .unknownToken)
        let fake = FakeVerifier()
        #expect(await reason(data("x"), fake) == .unknownToken)
        fake.fails = true
        #expect(await reason(data("x"), fake) == .storageDown)
        #expect(!log.all().contains { $0.contains(good.secret.text) })
    }

    @Test("says why connections and subscriptions are not extended")
    func refresh() async throws {
        let sessions = sessions()
        let issued = try await storage.create(user: "alice", expiresIn: .seconds(60))
        func reason(_ meta: String, user: String = "alice") async throws -> RefusalReason? {
            let context = CallContext(event: .refresh)
            let meta = Payload.text(meta)
            let connection = try await sessions.refresh(RefreshRequest(user: user, meta: meta), context: context)
            let other = CallContext(event: .subRefresh)
            let request = SubRefreshRequest(user: user, channel: "a", meta: meta)
            let subscription = try await sessions.subRefresh(request, context: other)
            #expect(connection.expired == subscription.expired && other.refusalReason == context.refusalReason)
            #expect(connection.expired == (context.refusalReason != nil))
            return context.refusalReason
        }
        let meta = "{\"token\": \"\(issued.token.reference)\"}"
        #expect(try await reason(meta) == nil)
        #expect(try await reason("") == .noMeta)
        #expect(try await reason("{}") == .noToken)
        #expect(try await reason(meta, user: "bob") == .notOwner)
        clock.advance(by: 59)
        #expect(try await reason(meta) == .expired)
        clock.advance(by: 1)
        #expect(try await reason(meta) == .expired)
        try await storage.delete(issued.secret)
        #expect(try await reason(meta) == .revoked)
    }

    @Test("looks a refused token up once, shared with others, and counts no failure")
    func lookups() async throws {
        let fake = FakeVerifier()
        let verifier = CachedVerifier(fake, clock: clock.unix)
        #expect(try await verifier.verdict(TokenSecret("x")) == .refused(.unknownToken))
        #expect(try await verifier.token(TokenSecret("x")) == nil)
        #expect(try await verifier.verdict(reference: "r") == .refused(.revoked))
        #expect(fake.looks == 3)
    }
}
#endif
