#if JWT
import Foundation
import Logging
import ProxyTokens
import ProxyTokensJWT
import Testing
import LogTestKit
import TokenTestKit

/// Keys in a file that changes.
@Suite struct JWTKeyFileTests {
    private let folder = TemporaryFolder()
    private let log = LogLines()
    private let clock = SettableClock(at: 1_900_000_000)

    private var path: String { folder.path("keys.json") }

    private func write(_ text: String) throws {
        try Data(text.utf8).write(to: URL(fileURLWithPath: path), options: .atomic)
    }

    private func verifier(checkInterval: Duration = .zero) async throws -> JWTVerifier {
        try await JWTVerifier(keyFile: path, checkInterval: checkInterval, clock: clock.unix, logger: log.logger)
    }

    private func accepts(_ verifier: JWTVerifier, _ name: String) async throws -> Bool {
        try await verifier.token(TokenSecret(#require(Vectors.tokens[name])))?.user == "alice"
    }

    @Test("finds the key by its name and kind, and skips those for other purposes")
    func keys() async throws {
        try write(Vectors.keySet)
        let verifier = try await verifier()
        for name in Vectors.tokens.keys {
            // HS384 and HS512 are not the `alg` of the set's secret.
            let refused = [
                "none", "rsa by another name", "pinned by another algorithm", "encryption", "other", "critical",
                "HS384",
                "HS512",
            ]
            #expect(try await accepts(verifier, name) == !refused.contains(name), "\(name)")
        }
        #expect(try await verifier.token(TokenSecret(Vectors.confused)) == nil)
        #expect(log.all(from: .warning).count == 1)
        #expect(log.all(from: .warning).first?.contains("its kty or crv is unknown") == true)
        #expect(log.all(from: .warning).first?.contains("new") == true)
    }

    @Test("takes new keys when the file changes, and drops the old ones")
    func changes() async throws {
        try write(Vectors.keySet)
        let verifier = try await verifier()
        #expect(try await accepts(verifier, "rsa"))
        #expect(try await !accepts(verifier, "other"))
        try write(Vectors.otherKeySet)
        #expect(try await accepts(verifier, "other"))
        #expect(try await !accepts(verifier, "rsa"))
    }

    @Test("checks the file again only after its interval, or when asked")
    func interval() async throws {
        try write(Vectors.keySet)
        let verifier = try await verifier(checkInterval: .seconds(3_600))
        try write(Vectors.otherKeySet)
        #expect(try await accepts(verifier, "rsa"))
        #expect(await verifier.reload())
        #expect(try await accepts(verifier, "other"))
        #expect(try await !accepts(verifier, "rsa"))
    }

    @Test("keeps the old keys when the new file cannot be used, and says so once")
    func badFile() async throws {
        try write(Vectors.keySet)
        let verifier = try await verifier()
        let bad = ["", "{}", #"{"keys": []}"#, #"{"keys": [{"kty": "RSA", "n": "AQAB", "e": "AQAB"}]}"#, #"{"keys""#]
        for (number, text) in bad.enumerated() {
            try write(text)
            for _ in 0..<3 { #expect(try await accepts(verifier, "rsa")) }
            #expect(log.all(from: .error).count == number + 1)
        }
        try FileManager.default.removeItem(atPath: path)
        for _ in 0..<3 { #expect(try await accepts(verifier, "rsa")) }
        #expect(log.all(from: .error).count == bad.count + 1)
        #expect(log.all(from: .error).allSatisfy { $0.contains("'\(path)'") })
        #expect(await !verifier.reload())
        try write(Vectors.otherKeySet)
        #expect(try await accepts(verifier, "other"))
    }

    /// Unusable keys of every sort, each with its message; none of their material appears in a log.
    static let unusable: [(key: String, name: String, reason: String)] = [
        (#"{"kid": "k"}"#, "k", "not an object with a kty"),
        (#"{"kty": 7, "kid": "k"}"#, "k", "not an object with a kty"),
        (#"{"kty": "RSA", "kid": 7, "n": "hush"}"#, "key 1", "not an object with a kty"),
        (#""hush""#, "key 1", "not an object with a kty"), ("null", "key 1", "not an object with a kty"),
        ("[]", "key 1", "not an object with a kty"),
        (#"{"kty": "RSA", "kid": "k", "n": "hush"}"#, "k", "does not match its kty"),
        (#"{"kty": "RSA", "n": "AQAB", "e": "AQAB"}"#, "key 1", "does not match its kty"),
        (#"{"kty": "EC", "kid": "k", "crv": "P-256", "x": "hush", "y": "hush"}"#, "k", "does not match its kty"),
        (#"{"kty": "EC", "kid": "k", "crv": "P-256"}"#, "k", "does not match its kty"),
        (#"{"kty": "EC", "kid": "k", "crv": "secp256k1", "x": "hush"}"#, "k", "kty or crv is unknown"),
        (#"{"kty": "OKP", "kid": "k", "crv": "Ed25519"}"#, "k", "does not match its kty"),
        (#"{"kty": "AKP", "kid": "k", "pub": "hush"}"#, "k", "kty or crv is unknown"),
        (#"{"kty": "oct", "kid": "k", "k": "c2hvcnQ"}"#, "k", "needs at least 32 bytes"),
        (#"{"kty": "oct", "kid": "k", "k": "?"}"#, "k", "does not match its kty"),
        ("{\"kty\": \"new\", \"kid\": \"k\\n\\u001b[2J\"}", #"k\n\u{1B}[2J"#, "kty or crv is unknown"),
    ]

    @Test("ignores a key that cannot be used, names it, and takes the others", arguments: unusable)
    func ignored(key: String, name: String, reason: String) async throws {
        let others = try #require(Vectors.otherKeySet.firstRange(of: "[").map { Vectors.otherKeySet[$0.upperBound...] })
        try write("{\"keys\": [\(key), \(others)")
        let verifier = try await verifier()
        #expect(try await accepts(verifier, "other"))
        let lines = log.all(from: .warning)
        #expect(lines.count == 1)
        let line = try #require(lines.first)
        #expect(line.contains(name) && line.contains(reason) && line.contains(path), "\(line)")
        #expect(!line.contains("hush") && !line.contains("\u{1B}"))
        try write("{\"keys\": [\(key)]}")
        #expect(await !verifier.reload())
        #expect(try await accepts(verifier, "other"))
        let refusal = try #require(log.all(from: .error).first)
        #expect(refusal.contains("it has no key for signatures; ") && refusal.contains(reason), "\(refusal)")
        #expect(!refusal.contains("hush") && !refusal.contains("\u{1B}"))
    }

    @Test("does not start with a file that cannot be used, and names it")
    func noFile() async throws {
        let missing = await #expect(throws: JWTKeyError.self) { try await verifier() }
        #expect(missing?.message.contains("'\(path)'") == true)
        let key = try #require(Vectors.tokens["none"])
        for text in [
            "[]", key, #"{"keys": [{"kty": "oct", "k": "c2hvcnQ"}]}"#, #"{"keys": [{"kty": "EC", "crv": "P-256"}]}"#,
        ] {
            try write(text)
            await #expect(throws: JWTKeyError.self) { try await verifier() }
        }
    }
}
#endif
