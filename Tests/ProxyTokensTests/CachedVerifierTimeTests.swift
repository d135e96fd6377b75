#if Tokens
import HTTP2FrameKit
import Testing
import TokenTestKit

@testable import ProxyTokens

/// How long a remembered token is valid when lookups take long.
@Suite(.timeLimit(.minutes(1))) struct CachedVerifierTimeTests {
    private static func tokens(_ names: [String]) -> [String: Token] {
        Dictionary(uniqueKeysWithValues: names.map { ($0, Token(reference: "r\($0)", user: $0, expireAt: nil)) })
    }

    private static func verifier(_ fake: FakeVerifier, _ seconds: SettableClock, cacheFor: Duration) -> CachedVerifier {
        let start = ContinuousClock.now
        return CachedVerifier(fake, cacheFor: cacheFor, maxEntries: 100, clock: .system) {
            start + .seconds(seconds.now)
        }
    }

    @Test("forgets a token by the start of its lookup, whatever was looked up meanwhile")
    func slowLookup() async throws {
        let seconds = SettableClock(at: 0)
        let gate = Gate()
        let begun = Tally()
        let fake = FakeVerifier(Self.tokens(["slow", "quick"])) { name in
            guard name == "slow" else { return }
            await begun.add()
            await gate.wait()
        }
        let verifier = Self.verifier(fake, seconds, cacheFor: .seconds(10))
        let slow = Task { try await verifier.token(TokenSecret("slow")) }
        await begun.reach(1)
        seconds.now = 8
        // Before the other one in the queue, but valid for longer.
        #expect(try await verifier.token(TokenSecret("quick")) != nil)
        await gate.open()
        #expect(try await slow.value != nil)
        fake.tokens = [:]
        seconds.now = 9
        #expect(try await verifier.token(TokenSecret("slow")) != nil)
        seconds.now = 10
        #expect(try await verifier.token(TokenSecret("slow")) == nil)
        #expect(try await verifier.token(TokenSecret("quick")) != nil)
    }

    @Test("does not share a lookup that has been under way for longer than tokens are remembered")
    func lateJoin() async throws {
        let seconds = SettableClock(at: 0)
        let gate = Gate()
        let begun = Tally()
        let fake = FakeVerifier(Self.tokens(["a"])) { _ in
            await begun.add()
            await gate.wait()
        }
        let verifier = Self.verifier(fake, seconds, cacheFor: .seconds(1))
        let first = Task { try await verifier.token(TokenSecret("a")) }
        await begun.reach(1)
        seconds.now = 1
        fake.tokens = [:]
        let late = Task { try await verifier.token(TokenSecret("a")) }
        await gate.open()
        _ = try await first.value
        #expect(try await late.value == nil)
    }

    /// By a model, with every order of lookups and their ends.
    @Test("accepts no token for longer than its time after its lookup began, in any order of lookups")
    func anyOrder() async throws {
        let seed = UInt64.random(in: .min ... .max)
        var random = SplitMix(state: seed)
        let start = ContinuousClock.now
        for _ in 0..<200 {
            var recent = RecentTokens<Int>(lifetime: .seconds(5), capacity: 4)
            var asked: [Int: Set<Int>] = [:]
            for now in 0..<40 {
                let key = Int.random(in: 0..<6, using: &random)
                if Bool.random(using: &random) {
                    let began = max(0, now - Int.random(in: 0..<8, using: &random))
                    let token = Token(reference: "\(began)", user: "u", expireAt: nil)
                    recent.keep(token, for: key, askedAt: start + .seconds(began), at: start + .seconds(now))
                    asked[key, default: []].insert(began)
                } else if let token = recent.token(for: key, at: start + .seconds(now)) {
                    let began = try #require(Int(token.reference))
                    #expect(now < began + 5 && asked[key]?.contains(began) == true, "seed \(seed)")
                }
                #expect(recent.count <= 4, "seed \(seed)")
            }
        }
    }
}
#endif
