#if Tokens
import CentrifugoProxy
import ProxyTokens

extension TokenStorageBehaviour {
    /// What every storage does.
    package static let all: [TokenStorageBehaviour] = [
        TokenStorageBehaviour("finds a token by its clear text and by its reference") { storage, clock in
            let issued = try await storage.create(
                user: "alice",
                roles: ["editor", "admin"],
                claims: ["tenant": "north", "": "empty key"],
                expiresIn: .seconds(60)
            )
            let expected = Token(
                reference: TokenDigest(issued.secret).reference,
                user: "alice",
                roles: ["editor", "admin"],
                claims: ["tenant": "north", "": "empty key"],
                createdAt: clock.now,
                expireAt: clock.now + 60
            )
            try requireEqual(issued.token, expected)
            try await requireEqual(storage.token(issued.secret), expected)
            try await requireEqual(storage.token(reference: issued.token.reference), expected)
        },
        TokenStorageBehaviour("does not know what it has not made") { storage, _ in
            let issued = try await storage.create(user: "alice", expiresIn: nil)
            let text = issued.secret.text
            for other in [
                "", String(text.dropLast()), text + "=", text + "\0", text.lowercased(), issued.token.reference,
                Base64URL.encode(TokenDigest(issued.secret).bytes), "' OR 1=1 --", "\u{1F511}",
                String(repeating: "a", count: TokenSecret.longest + 1),
            ] {
                try await requireEqual(storage.token(TokenSecret(other)), nil)
            }
            for other in ["", text, issued.token.reference + "\0", "%", "' OR 1=1 --", "{}"] {
                try await requireEqual(storage.token(reference: other), nil)
                try await requireEqual(storage.delete(reference: other), false)
            }
            try await require(storage.token(issued.secret) != nil, "the token is gone")
        },
        TokenStorageBehaviour("lets a token expire at its second, and not before") { storage, clock in
            let short = try await storage.create(user: "alice", expiresIn: .milliseconds(1_500))
            let eternal = try await storage.create(user: "alice", expiresIn: nil)
            try requireEqual(short.token.expireAt, clock.now + 2)
            clock.advance(by: 1)
            try await require(storage.token(short.secret) != nil, "expired too early")
            clock.advance(by: 1)
            try await requireEqual(storage.token(short.secret), nil)
            try await requireEqual(storage.token(reference: short.token.reference), nil)
            clock.advance(by: 4_000_000_000)
            try await requireEqual(storage.token(eternal.secret), eternal.token)
        },
        TokenStorageBehaviour("says why a token is not valid") { storage, clock in
            let short = try await storage.create(user: "alice", expiresIn: .seconds(2))
            let revoked = try await storage.create(user: "alice", expiresIn: nil)
            try await requireEqual(storage.verdict(short.secret), .valid(short.token))
            try await requireEqual(storage.verdict(reference: short.token.reference), .valid(short.token))
            clock.advance(by: 2)
            try await storage.delete(revoked.secret)
            try await requireEqual(storage.verdict(short.secret), .refused(.expired))
            try await requireEqual(storage.verdict(reference: short.token.reference), .refused(.expired))
            try await requireEqual(storage.verdict(revoked.secret), .refused(.unknownToken))
            try await requireEqual(storage.verdict(reference: revoked.token.reference), .refused(.revoked))
            let long = TokenSecret(String(repeating: "a", count: TokenSecret.longest + 1))
            try await requireEqual(storage.verdict(long), .refused(.tooLarge))
        },
        TokenStorageBehaviour("revokes a token by its clear text or its reference, once") { storage, _ in
            let first = try await storage.create(user: "alice", expiresIn: nil)
            let second = try await storage.create(user: "alice", expiresIn: nil)
            try await requireEqual(storage.delete(first.secret), true)
            try await requireEqual(storage.delete(first.secret), false)
            try await requireEqual(storage.token(first.secret), nil)
            try await requireEqual(storage.token(reference: first.token.reference), nil)
            try await requireEqual(storage.token(second.secret), second.token)
            try await requireEqual(storage.delete(reference: second.token.reference), true)
            try await requireEqual(storage.delete(reference: second.token.reference), false)
            try await requireEqual(storage.token(second.secret), nil)
        },
        TokenStorageBehaviour("revokes all tokens of a user, and nobody else's") { storage, _ in
            for _ in 0..<3 { _ = try await storage.create(user: "alice", expiresIn: nil) }
            let other = try await storage.create(user: "Alice", expiresIn: nil)
            try await requireEqual(storage.deleteAll(of: "alice"), 3)
            try await requireEqual(storage.deleteAll(of: "alice"), 0)
            for user in ["", "Alice\0", "%", "alice"] { try await requireEqual(storage.deleteAll(of: user), 0) }
            try await requireEqual(storage.list(of: nil), [other.token])
        },
        TokenStorageBehaviour("tells users apart by the bytes of their ids") { storage, _ in
            // Swift's == considers both the same user.
            let users = ["ren\u{E9}", "rene\u{301}"]
            for user in users { _ = try await storage.create(user: user, expiresIn: nil) }
            for user in users {
                let found = try await storage.list(of: user).map { Array($0.user.utf8) }
                try requireEqual(found, [Array(user.utf8)])
            }
            try await requireEqual(storage.deleteAll(of: users[0]), 1)
            try await requireEqual(storage.list(of: nil).map { Array($0.user.utf8) }, [Array(users[1].utf8)])
        },
        TokenStorageBehaviour("removes what has expired, and nothing else") { storage, clock in
            let short = try await storage.create(user: "alice", expiresIn: .seconds(1))
            let long = try await storage.create(user: "alice", expiresIn: .seconds(2))
            let eternal = try await storage.create(user: "alice", expiresIn: nil)
            try await requireEqual(storage.deleteExpired(), 0)
            clock.advance(by: 1)
            try await requireEqual(Set(storage.list(of: nil)), [short.token, long.token, eternal.token])
            try await requireEqual(storage.deleteExpired(), 1)
            try await requireEqual(Set(storage.list(of: nil)), [long.token, eternal.token])
        },
        TokenStorageBehaviour("lists tokens by user, the oldest first") { storage, clock in
            try await requireEqual(storage.list(of: nil), [])
            var tokens: [Token] = []
            for user in ["carol", "alice", "bob", "alice"] {
                tokens.append(try await storage.create(user: user, expiresIn: .seconds(60)).token)
                clock.advance(by: 1)
            }
            try await requireEqual(storage.list(of: nil), tokens)
            try await requireEqual(storage.list(of: "alice"), [tokens[1], tokens[3]])
            for user in ["nobody", "", "alice\0", "%"] { try await requireEqual(storage.list(of: user), []) }
        },
        TokenStorageBehaviour("keeps texts as they are") { storage, _ in
            let odd = ["'; DROP TABLE tokens; --", "\"\\\u{7}\n", "ключ\u{1F511}e\u{301}", " ", "{}", "null", "\\x00"]
            for text in odd + [String(repeating: "long", count: 20_000)] {
                let issued = try await storage.create(
                    user: text,
                    roles: [text, "", text],
                    claims: [text: text],
                    expiresIn: .seconds(60)
                )
                try await requireEqual(storage.token(issued.secret), issued.token)
                try await requireEqual(storage.list(of: text), [issued.token])
            }
        },
        TokenStorageBehaviour("refuses a token that it could not keep") { storage, _ in
            let create: [@Sendable () async throws -> IssuedToken] = [
                { try await storage.create(user: "", expiresIn: nil) },
                { try await storage.create(user: "a\0b", expiresIn: nil) },
                { try await storage.create(user: "a", roles: ["\0"], expiresIn: nil) },
                { try await storage.create(user: "a", claims: ["\0": ""], expiresIn: nil) },
                { try await storage.create(user: "a", claims: ["": "\0"], expiresIn: nil) },
                { try await storage.create(user: "a", expiresIn: .zero) },
                { try await storage.create(user: "a", expiresIn: .seconds(-1)) },
            ]
            for create in create {
                do {
                    _ = try await create()
                } catch let error as TokenStorageError {
                    try requireEqual(error.code, .invalidToken)
                    continue
                }
                throw Violation(description: "it was kept")
            }
            try await requireEqual(storage.list(of: nil), [])
        },
        TokenStorageBehaviour("counts for ever longer than time goes") { storage, clock in
            let issued = try await storage.create(user: "alice", expiresIn: .seconds(Int64.max))
            try requireEqual(issued.token.expireAt, .max)
            try await requireEqual(storage.token(issued.secret), issued.token)
        },
        TokenStorageBehaviour("keeps a digest once") { storage, clock in
            let secret = TokenSecret("made elsewhere")
            let digest = TokenDigest(secret)
            let first = Token(reference: digest.reference, user: "alice", createdAt: 5, expireAt: nil)
            let second = Token(reference: digest.reference, user: "bob", createdAt: 6, expireAt: clock.now + 9)
            try await storage.insert(first, digest: digest)
            try await storage.insert(second, digest: digest)
            try await requireEqual(storage.token(secret), first)
            try await requireEqual(storage.list(of: nil), [first])
        },
        TokenStorageBehaviour("serves many at a time") { storage, _ in
            let issued = try await withThrowingTaskGroup(of: IssuedToken.self) { group in
                for number in 0..<200 {
                    group.addTask {
                        let issued = try await storage.create(user: "user-\(number % 7)", expiresIn: .seconds(60))
                        try await requireEqual(storage.token(issued.secret), issued.token)
                        if number % 2 == 1 { try await requireEqual(storage.delete(issued.secret), true) }
                        return issued
                    }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            try requireEqual(Set(issued.map(\.secret)).count, 200)
            try await requireEqual(storage.list(of: nil).count, 100)
        },
    ]
}
#endif
