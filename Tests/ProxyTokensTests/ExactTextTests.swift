#if Tokens
import CentrifugoProxy
import ProxyTokens
import Testing
import LogTestKit
import TokenTestKit

/// Wherever texts decide which user a token belongs to, their bytes matter.
///
/// Hostile input: look-alike-text.
@Suite(.timeLimit(.minutes(1))) struct ExactTextTests {
    private static let one = "ren\u{E9}"
    private static let other = "rene\u{301}"

    /// Knows every reference as a token of the user of that name; answers when allowed.
    private struct Echo: TokenVerifier {
        var gate: Gate?

        func token(_ secret: TokenSecret) async throws -> Token? { nil }

        func token(reference: String) async throws -> Token? {
            await gate?.wait()
            return Token(reference: reference, user: reference, expireAt: nil)
        }
    }

    @Test("remembers tokens by exactly their references")
    func cached() async throws {
        let verifier = CachedVerifier(Echo(), cacheFor: .seconds(3_600))
        for user in [Self.one, Self.other, Self.one] {
            let token = try await verifier.token(reference: user)
            #expect(token?.user.utf8.elementsEqual(user.utf8) == true)
        }
    }

    @Test("shares a lookup among callers with exactly one reference")
    func shared() async throws {
        let gate = Gate()
        let verifier = CachedVerifier(Echo(gate: gate))
        try await withThrowingTaskGroup(of: Bool.self) { group in
            for user in [Self.one, Self.other] {
                group.addTask {
                    try await verifier.token(reference: user)?.user.utf8.elementsEqual(user.utf8) == true
                }
            }
            await gate.open()
            for try await isOwn in group { #expect(isOwn) }
        }
    }

    @Test("extends connections and subscriptions of exactly the token's user")
    func sessions() async throws {
        let sessions = TokenSessions(Echo(), logger: LogLines().logger)
        let meta = try Payload.json(["token": Self.one])
        for (user, isTheirs) in [(Self.one, true), (Self.other, false)] {
            let connection = try await sessions.refresh(
                RefreshRequest(user: user, meta: meta),
                context: CallContext(event: .refresh)
            )
            #expect((connection != .expired) == isTheirs)
            let subscription = try await sessions.subRefresh(
                SubRefreshRequest(user: user, channel: "news", meta: meta),
                context: CallContext(event: .subRefresh)
            )
            #expect((subscription != .expired) == isTheirs)
        }
    }

    @Test("takes a token from exactly its key in the client's data and in the meta")
    func keys() async throws {
        var configuration = TokenSessions.Configuration()
        (configuration.dataKey, configuration.metaKey) = ("Key", "Key")
        let storage = InMemoryTokenStorage()
        let sessions = TokenSessions(storage, configuration: configuration, logger: LogLines().logger)
        let issued = try await storage.create(user: "alice", expiresIn: nil)
        for (key, isRight) in [("Key", true), ("\u{212A}ey", false)] {
            let data = try Payload.json([key: issued.secret.text]).bytes
            let request = ConnectRequest(encoding: "json", data: data)
            let user = try? await sessions.connect(request, context: CallContext(event: .connect)).user
            #expect(user == (isRight ? "alice" : nil))
            let meta = try Payload.json([key: issued.token.reference])
            let refresh = RefreshRequest(user: "alice", meta: meta)
            let result = try await sessions.refresh(refresh, context: CallContext(event: .refresh))
            #expect((result != .expired) == isRight)
        }
    }

    @Test("keeps tokens apart whose references only look alike")
    func references() async throws {
        let storage = InMemoryTokenStorage()
        for reference in [Self.one, Self.other] {
            let token = Token(reference: reference, user: reference, expireAt: nil)
            try await storage.insert(token, digest: TokenDigest(TokenSecret("secret of \(reference)")))
        }
        #expect(try await storage.list(of: nil).count == 2)
        #expect(try await storage.delete(reference: Self.one))
        #expect(try await storage.token(reference: Self.one) == nil)
        let token = try await storage.token(reference: Self.other)
        #expect(token?.user.utf8.elementsEqual(Self.other.utf8) == true)
    }

    @Test("distinguishes tokens and secrets by each of their texts")
    func values() {
        #expect(TokenSecret(Self.one) != TokenSecret(Self.other))
        #expect(Set([TokenSecret(Self.one), TokenSecret(Self.other), TokenSecret(Self.one)]).count == 2)
        let token = Token(reference: "r", user: "u", roles: [Self.one], claims: [Self.one: Self.one], expireAt: nil)
        let changes: [(inout Token) -> Void] = [
            { $0.reference = Self.one }, { $0.reference = Self.other }, { $0.user = Self.one },
            { $0.user = Self.other },
            { $0.roles = [Self.other] }, { $0.claims = [Self.other: Self.one] }, { $0.claims = [Self.one: Self.other] },
            { $0.claims = [:] }, { $0.createdAt = 1 }, { $0.expireAt = 1 }, { $0.roles = [Self.one, Self.one] },
        ]
        let others = changes.map { change in
            var other = token
            change(&other)
            return other
        }
        #expect(token == Token(token))
        #expect(others.allSatisfy { $0 != token })
        #expect(Set(others + others + [token]).count == changes.count + 1)
    }
}

extension Token {
    /// Makes the same token from new texts, whose buffers are not shared.
    fileprivate init(_ token: Token) {
        self.init(
            reference: String(Array(token.reference)),
            user: String(Array(token.user)),
            roles: token.roles.map { String(Array($0)) },
            claims: Dictionary(uniqueKeysWithValues: token.claims.map { (String(Array($0)), String(Array($1))) }),
            createdAt: token.createdAt,
            expireAt: token.expireAt
        )
    }
}
#endif
