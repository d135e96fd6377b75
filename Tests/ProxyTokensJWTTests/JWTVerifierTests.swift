#if JWT
import CentrifugoProxy
import ProxyTokens
import ProxyTokensJWT
import Testing
import TokenTestKit

/// Tokens that another library has signed.
@Suite struct JWTVerifierTests {
    private let clock = SettableClock(at: 1_900_000_000)

    private func verifier(
        _ keys: [JWTKey]? = nil,
        _ change: (inout JWTVerifier.Configuration) -> Void = { _ in }
    ) async throws -> JWTVerifier {
        var configuration = JWTVerifier.Configuration()
        change(&configuration)
        let keys = try keys ?? [.hmac([UInt8](Vectors.secret.utf8))]
        return try await JWTVerifier(keys: keys, configuration: configuration, clock: clock.unix)
    }

    private func token(_ verifier: JWTVerifier, _ name: String) async throws -> Token? {
        try await verifier.token(TokenSecret(#require(Vectors.tokens[name] ?? Vectors.claims[name])))
    }

    /// The keys by which of our initializers they are made.
    private static func key(_ kind: String) throws -> JWTKey {
        switch kind {
        case "hmac": try .hmac([UInt8](Vectors.secret.utf8))
        case "rsa": try .rsa(pem: Vectors.rsa)
        case "p256": try .ec(pem: Vectors.p256)
        case "p384": try .ec(pem: Vectors.p384)
        default: try .ec(pem: Vectors.p521)
        }
    }

    @Test(
        "accepts only tokens signed with its key by an algorithm of the key's kind",
        arguments: [
            ("hmac", ["HS256", "HS384", "HS512"]),
            ("rsa", ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "rsa", "rsa by another name"]),
            ("p256", ["ES256"]), ("p384", ["ES384"]), ("p521", ["ES512"]),
        ]
    )
    func algorithms(kind: String, accepted: [String]) async throws {
        let verifier = try await verifier([Self.key(kind)])
        for name in Vectors.tokens.keys {
            let token = try await token(verifier, name)
            #expect((token?.user == "alice") == accepted.contains(name), "\(name)")
        }
    }

    @Test("returns the token's content")
    func token() async throws {
        let token = try #require(await token(verifier(), "HS256"))
        #expect(token.user == "alice")
        #expect(token.roles == ["admin", "editor"])
        #expect(token.createdAt == 1_900_000_000)
        #expect(token.expireAt == 2_000_000_000)
        #expect(token.reference == #"{"exp":2000000000,"roles":["admin","editor"],"user":"alice"}"#)
    }

    @Test("says why a token is not valid")
    func verdicts() async throws {
        func reason(
            _ name: String,
            _ change: (inout JWTVerifier.Configuration) -> Void = { _ in }
        ) async throws -> TokenVerdict {
            try await verifier(nil, change).verdict(TokenSecret(#require(Vectors.tokens[name] ?? Vectors.claims[name])))
        }
        #expect(try await reason("HS256").token?.user == "alice")
        #expect(try await reason("RS256") == .refused(.badSignature))
        #expect(try await reason("no user") == .refused(.unknownToken))
        #expect(try await reason("no end") == .refused(.expired))
        #expect(try await reason("not before") == .refused(.expired))
        #expect(try await reason("HS256") { $0.issuer = "somebody" } == .refused(.wrongIssuer))
        #expect(try await reason("HS256") { $0.audiences = ["somebody", "else"] } == .refused(.wrongAudience))
        #expect(try await verifier().verdict(TokenSecret("x")) == .refused(.unknownToken))
        clock.advance(by: 100_000_000)
        #expect(try await reason("HS256") == .refused(.expired))
        #expect(try await verifier().verdict(reference: "{}") == .refused(.unknownToken))
    }

    @Test("does not accept a public key as a shared secret")
    func confusion() async throws {
        let verifier = try await verifier([.rsa(pem: Vectors.rsa), .hmac([UInt8](Vectors.secret.utf8))])
        #expect(try await verifier.token(TokenSecret(Vectors.confused)) == nil)
    }

    @Test("refuses texts that are not signed tokens, and every change of one")
    func changed() async throws {
        let verifier = try await verifier()
        let good = try #require(Vectors.tokens["HS256"])
        for text in [
            "", ".", "..", "...", "a.b.c", good + ".", "." + good, good + "=", good + "A", String(good.dropLast()),
        ] {
            #expect(try await verifier.token(TokenSecret(text)) == nil, "\(text)")
        }
        let characters = Array(good)
        for place in characters.indices {
            var other = characters
            other[place] = other[place] == "A" ? "B" : "A"
            #expect(try await verifier.token(TokenSecret(String(other))) == nil, "changed at \(place)")
        }
        #expect(try await verifier.token(TokenSecret(good)) != nil)
    }

    @Test(
        "refuses tokens without a valid expiry or user",
        arguments: ["no end", "text as end", "null as end", "no user", "empty user", "number as user"]
    )
    func refused(name: String) async throws {
        #expect(try await token(verifier(), name) == nil)
    }

    @Test("accepts a token without an expiry if configured")
    func noEnd() async throws {
        let verifier = try await verifier { $0.requiresExpiration = false }
        let token = try #require(await token(verifier, "no end"))
        #expect(token.expireAt == nil)
        #expect(try await verifier.token(reference: token.reference)?.user == "alice")
        #expect(try await self.token(verifier, "text as end") == nil)
    }

    @Test("accepts a token between its begin and its expiry, with the leeway")
    func times() async throws {
        let strict = try await verifier()
        let lenient = try await verifier { $0.leeway = .seconds(30) }
        for (time, fraction, notBefore) in [(69, true, false), (99, true, false), (100, false, true)] {
            clock.now = 1_900_000_000 + Int64(time)
            #expect((try await token(strict, "fraction") != nil) == fraction)
            #expect((try await token(strict, "not before") != nil) == notBefore)
        }
        for (time, fraction, notBefore) in [(69, true, false), (70, true, true), (129, true, true), (130, false, true)]
        {
            clock.now = 1_900_000_000 + Int64(time)
            let token = try await token(lenient, "fraction")
            #expect((token != nil) == fraction)
            #expect(token.map { $0.expireAt == 1_900_000_130 } ?? true)
            #expect((try await self.token(lenient, "not before") != nil) == notBefore)
        }
        #expect(try await token(strict, "far end")?.expireAt == .max)
        #expect(try await token(lenient, "far end")?.expireAt == .max)
    }

    @Test("accepts tokens of its issuer and for its audience")
    func issuer() async throws {
        let verifier = try await verifier {
            $0.issuer = "us"
            $0.audiences = ["elsewhere", "here"]
        }
        let names = [
            "issued", "issued for many", "issued by others", "issued for others", "issued for nobody", "far end",
        ]
        for (number, name) in names.enumerated() {
            #expect((try await token(verifier, name) != nil) == (number < 2), "\(name)")
        }
    }

    @Test("finds roles and other claims by their names")
    func claims() async throws {
        let verifier = try await verifier {
            $0.rolesClaim = "scope"
            $0.claims = ["tenant", "level", "missing"]
        }
        let token = try #require(await token(verifier, "scope"))
        #expect(token.roles == ["read", "write"])
        #expect(token.claims == ["tenant": "north"])
        #expect(try await self.token(verifier, "HS256")?.roles == [])
    }

    @Test(
        "accepts exactly its issuer, its audience and its key's name",
        arguments: [("\u{E9}", true), ("e\u{301}", false)]
    )
    func exact(name: String, isAccepted: Bool) async throws {
        let issued = try await token(verifier { $0.issuer = name }, "issuer with an accent")
        #expect((issued != nil) == isAccepted)
        let meant = try await token(verifier { $0.audiences = [name] }, "audience with an accent")
        #expect((meant != nil) == isAccepted)
        let key = try JWTKey.hmac([UInt8](Vectors.secret.utf8), id: name)
        let signed = try await token(verifier([key]), "kid with an accent")
        #expect((signed != nil) == isAccepted)
    }

    @Test("takes the user from the claim that is configured, if that is a text")
    func user() async throws {
        #expect(try await token(verifier { $0.userClaim = "tenant" }, "scope")?.user == "north")
        for claim in ["level", "missing", "Sub"] {
            #expect(try await token(verifier { $0.userClaim = claim }, "scope") == nil, "\(claim)")
        }
    }

    @Test("finds roles and other claims by exactly their names")
    func exactClaims() async throws {
        let verifier = try await verifier {
            $0.rolesClaim = "Kind"
            $0.claims = ["Kind"]
        }
        // Another claim only looks the same; beside the right one it changes nothing.
        for (name, roles) in [("Kelvin", []), ("Kelvin and K", ["reader"])] {
            let token = try #require(await token(verifier, name))
            #expect(token.roles == roles)
            #expect(token.claims["Kind"] == roles.first)
        }
    }

    @Test("recognizes a token by its reference, until it expires")
    func reference() async throws {
        let verifier = try await verifier()
        let token = try #require(await token(verifier, "HS256"))
        let again = try #require(await verifier.token(reference: token.reference))
        #expect((again.user, again.roles, again.expireAt) == (token.user, token.roles, token.expireAt))
        #expect(try await verifier.token(TokenSecret(token.reference)) == nil)
        clock.now = 2_000_000_000
        #expect(try await verifier.token(reference: token.reference) == nil)
        for text in ["", "{}", "null", #"{"user":"alice"}"#] {
            #expect(try await verifier.token(reference: text) == nil)
        }
    }

    @Test("rejects invalid keys")
    func badKeys() async throws {
        #expect(throws: JWTKeyError.self) { try JWTKey.hmac([UInt8](repeating: 1, count: 31)) }
        #expect(throws: JWTKeyError.self) { try JWTKey.rsa(pem: Vectors.smallRSA) }
        #expect(throws: JWTKeyError.self) { try JWTKey.rsa(pem: Vectors.p256) }
        #expect(throws: JWTKeyError.self) { try JWTKey.ec(pem: Vectors.rsa) }
        #expect(throws: JWTKeyError.self) { try JWTKey.ec(pem: "") }
        await #expect(throws: JWTKeyError.self) { try await JWTVerifier(keys: []) }
    }

    @Test("accepts a short secret only for short algorithms, and shows none")
    func secret() async throws {
        let key = try JWTKey.hmac([UInt8]("hunter2-hunter2-hunter2-hunter2-".utf8), id: "k")
        var dumped = ""
        dump(key, to: &dumped)
        #expect("\(key)" == "JWTKey(k, HS256)")
        #expect(!"\(String(reflecting: key)) \(dumped)".contains("hunter2"))
    }
}
#endif
