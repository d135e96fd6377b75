#if Tokens
import Metrics
import MetricsTestKit
import ProxyTokens
import Synchronization
import Testing
import TokenTestKit

@Suite struct CachedVerifierTests {
    private let fake = FakeVerifier([
        "a": Token(reference: "ref-a", user: "alice", expireAt: nil),
        "b": Token(reference: "ref-b", user: "bob", expireAt: nil),
        "c": Token(reference: "ref-c", user: "carol", expireAt: 1_000),
    ])
    private let seconds = SettableClock(at: 0)
    private let clock = SettableClock(at: 900)

    private func verifier(cacheFor: Duration = .seconds(10), maxEntries: Int = 2) -> CachedVerifier {
        let start = ContinuousClock.now
        return CachedVerifier(fake, cacheFor: cacheFor, maxEntries: maxEntries, clock: clock.unix) {
            start + .seconds(seconds.now)
        }
    }

    @Test("remembers nothing by default")
    func plain() async throws {
        let verifier = CachedVerifier(fake)
        for looks in 1...3 {
            #expect(try await verifier.token(TokenSecret("a"))?.user == "alice")
            #expect(fake.looks == looks)
        }
    }

    @Test("remembers a valid token for its time, by clear text and by reference apart")
    func remembers() async throws {
        let verifier = verifier()
        for second in [0, 5, 9] {
            seconds.now = Int64(second)
            #expect(try await verifier.token(TokenSecret("a"))?.user == "alice")
            #expect(try await verifier.token(reference: "ref-a")?.user == "alice")
        }
        #expect(fake.looks == 2)
        fake.tokens = [:]
        #expect(try await verifier.token(TokenSecret("a")) != nil)
        seconds.now = 10
        #expect(try await verifier.token(TokenSecret("a")) == nil)
        #expect(try await verifier.token(reference: "ref-a") == nil)
    }

    @Test("does not remember failures, nor that a token is unknown")
    func onlyValid() async throws {
        let verifier = verifier()
        #expect(try await verifier.token(TokenSecret("x")) == nil)
        fake.tokens["x"] = Token(reference: "ref-x", user: "xavier", expireAt: nil)
        #expect(try await verifier.token(TokenSecret("x"))?.user == "xavier")
        fake.fails = true
        await #expect(throws: FakeVerifier.Outage.self) { try await verifier.token(TokenSecret("a")) }
        #expect(try await verifier.token(TokenSecret("x"))?.user == "xavier")
        fake.fails = false
        #expect(try await verifier.token(TokenSecret("a"))?.user == "alice")
    }

    @Test("lets a remembered token expire")
    func expiry() async throws {
        let verifier = verifier()
        #expect(try await verifier.token(TokenSecret("c"))?.user == "carol")
        clock.now = 1_000
        #expect(try await verifier.token(TokenSecret("c")) == nil)
    }

    @Test("forgets the oldest when there are too many")
    func bounded() async throws {
        let verifier = verifier(maxEntries: 2)
        for key in ["a", "b", "c", "c", "b"] { _ = try await verifier.token(TokenSecret(key)) }
        #expect(fake.looks == 3)
        _ = try await verifier.token(TokenSecret("a"))
        #expect(fake.looks == 4)
        _ = try await verifier.token(TokenSecret("b"))
        #expect(fake.looks == 5)
    }

    @Test("stays within its bounds over many tokens and times")
    func manyRounds() async throws {
        fake.tokens = Dictionary(
            uniqueKeysWithValues: (0..<50).map { ("\($0)", Token(reference: "r\($0)", user: "u\($0)", expireAt: nil)) }
        )
        let verifier = verifier(maxEntries: 10)
        for round in 0..<500 {
            seconds.now = Int64(round / 7)
            #expect(try await verifier.token(TokenSecret("\(round * 13 % 50)"))?.user == "u\(round * 13 % 50)")
        }
    }

    @Test("does not look up texts longer than any token")
    func tooLong() async throws {
        let verifier = CachedVerifier(fake)
        #expect(try await verifier.token(TokenSecret(String(repeating: "a", count: TokenSecret.longest + 1))) == nil)
        #expect(fake.looks == 0)
    }

    @Test("counts lookups, remembered tokens, and failures")
    func metrics() async throws {
        let metrics = TestMetrics()
        try await withMetricsFactory(metrics) {
            let verifier = verifier()
            for key in ["a", "a", "b", "x"] { _ = try await verifier.token(TokenSecret(key)) }
            fake.fails = true
            _ = try? await verifier.token(TokenSecret("c"))
        }
        #expect(metrics.counterTotal(label: "centrifugo_proxy_token_lookups") == 4)
        #expect(metrics.counterTotal(label: "centrifugo_proxy_token_lookups_cached") == 1)
        #expect(metrics.counterTotal(label: "centrifugo_proxy_token_lookups_failed") == 1)
    }
}
#endif
