#if Tokens
import ProxyTokens
import Testing

@Suite struct TokenSecretTests {
    @Test("has 256 bits that are never the same")
    func random() {
        let secrets = (0..<1_000).map { _ in TokenSecret.random() }
        #expect(Set(secrets).count == 1_000)
        #expect(secrets.allSatisfy { Base64URL.decode([UInt8]($0.text.utf8))?.count == 32 })
    }

    @Test("shows nothing of itself, alone and inside others")
    func redacted() {
        let secret = TokenSecret("hunter2")
        let digest = TokenDigest(secret)
        let issued = IssuedToken(secret: secret, token: Token(reference: digest.reference, user: "u", expireAt: nil))
        var dumped = ""
        dump(issued, to: &dumped)
        let shown =
            "\(secret) \(String(reflecting: secret)) \(issued) \(String(reflecting: issued)) \([secret]) \(dumped)"
        #expect(!shown.contains("hunter2"))
        #expect("\(digest)" == "TokenDigest(of \(digest.reference))")
    }

    @Test("has the digest that other tools compute, and a reference made from that")
    func digest() {
        // printf %s hunter2 | openssl dgst -sha256 -binary | basenc --base64url; that again, for the reference.
        let digest = TokenDigest(TokenSecret("hunter2"))
        #expect(Base64URL.encode(digest.bytes) == "9S-9MrKzuG_4jvbEkGKChfSCrxXdyylUH5S89Saj9sc")
        #expect(digest.reference == "o-J6spSLaA5g1CmGD91isg")
    }
}
#endif
