import GRPCCall
import Testing

@Suite struct PercentEncodingTests {
    private static let pairs = [
        ("", ""), ("plain text ~!", "plain text ~!"), ("100 %", "100 %25"), ("a\r\nb", "a%0D%0Ab"),
        ("ü", "%C3%BC"), ("😀", "%F0%9F%98%80"), ("\u{7F}\0", "%7F%00"),
    ]

    @Test("encodes text and decodes it again", arguments: pairs)
    func bothWays(text: String, encoded: String) {
        #expect(PercentEncoding.encode(text) == encoded)
        #expect(Array(encoded.utf8).withUnsafeBytes(PercentEncoding.decode) == text)
    }

    @Test(
        "keeps broken escapes unchanged",
        arguments: [
            ("%", "%"), ("%4", "%4"), ("%zz", "%zz"), ("50% off", "50% off"), ("%c3%bc", "ü"), ("%FF", "\u{FFFD}"),
        ]
    )
    func lenient(encoded: String, text: String) {
        #expect(Array(encoded.utf8).withUnsafeBytes(PercentEncoding.decode) == text)
    }

    @Test(
        "cuts long text between characters",
        arguments: [(0, ""), (1, "a"), (6, "a"), (7, "a%C3%BC"), (8, "a%C3%BCb")]
    )
    func cut(limit: Int, encoded: String) {
        #expect(PercentEncoding.encode("aüb", maximumByteCount: limit) == encoded)
    }
}
