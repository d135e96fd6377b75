#if Tokens
import ProxyTokens
import Testing

@Suite struct Base64URLTests {
    @Test(
        "writes and reads the examples of RFC 4648, without padding",
        arguments: [
            ("", ""), ("f", "Zg"), ("fo", "Zm8"), ("foo", "Zm9v"), ("foob", "Zm9vYg"), ("fooba", "Zm9vYmE"),
            ("foobar", "Zm9vYmFy"),
        ]
    )
    func examples(plain: String, encoded: String) {
        #expect(Base64URL.encode([UInt8](plain.utf8)) == encoded)
        #expect(Base64URL.decode([UInt8](encoded.utf8)) == [UInt8](plain.utf8))
    }

    @Test("reads every byte back")
    func everyByte() {
        let bytes = [UInt8](0...255)
        let text = Base64URL.encode(bytes)
        #expect(text.hasSuffix("-_w"))
        #expect(Base64URL.decode([UInt8](text.utf8)) == bytes)
    }

    @Test(
        "refuses what it does not write",
        arguments: ["A", "Zg==", "Zh", "Zm9", "a+b/", "Zg\n", " Zg", "Zm9vZ", "Ключ"]
    )
    func strict(text: String) {
        #expect(Base64URL.decode([UInt8](text.utf8)) == nil)
    }
}
#endif
