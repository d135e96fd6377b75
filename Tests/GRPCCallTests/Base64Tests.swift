import GRPCCall
import Testing

@Suite struct Base64Tests {
    // RFC 4648 §10, and the two characters that differ between alphabets.
    private static let pairs: [([UInt8], String, String)] = [
        ([], "", ""),
        (Array("f".utf8), "Zg", "Zg=="),
        (Array("fo".utf8), "Zm8", "Zm8="),
        (Array("foo".utf8), "Zm9v", "Zm9v"),
        (Array("foob".utf8), "Zm9vYg", "Zm9vYg=="),
        (Array("fooba".utf8), "Zm9vYmE", "Zm9vYmE="),
        (Array("foobar".utf8), "Zm9vYmFy", "Zm9vYmFy"),
        ([0xFB, 0xFF, 0x00], "+/8A", "+/8A"),
    ]

    @Test("encodes without padding and decodes with and without it", arguments: pairs)
    func bothWays(bytes: [UInt8], unpadded: String, padded: String) {
        #expect(Base64.encode(bytes) == unpadded)
        for text in [unpadded, padded] {
            let text = Array(text.utf8)
            #expect(text.withUnsafeBytes(Base64.decode) == bytes)
            #expect(text.withUnsafeBytes(Base64.isValid))
        }
    }

    @Test(
        "refuses what is not base64",
        arguments: [
            "A", "AAAAA", "====", "=", "A===", "Zg=", "Zg===", "Z=g=", "Zm=v", "-_8A", "Zm 9v", "Zm9v\n", "ZgÜ",
            "Zg==Zg==",
        ]
    )
    func malformed(text: String) {
        let text = Array(text.utf8)
        #expect(text.withUnsafeBytes(Base64.decode) == nil)
        #expect(!text.withUnsafeBytes(Base64.isValid))
    }

    @Test("returns all bytes it was given")
    func allBytes() {
        let bytes = Array(UInt8.min...UInt8.max)
        #expect(Array(Base64.encode(bytes).utf8).withUnsafeBytes(Base64.decode) == bytes)
    }
}
