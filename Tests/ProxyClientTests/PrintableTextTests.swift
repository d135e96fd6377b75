import Testing

@testable import ProxyClient

@Suite struct PrintableTextTests {
    @Test(
        "escapes what a terminal would obey, and nothing else",
        arguments: [
            ("", ""), ("Ada ✓ 👩‍💻 \\n", "Ada ✓ 👩‍💻 \\n"), ("a\nb\r\n\tc", #"a\nb\r\n\tc"#),
            ("\u{1B}[31mred\u{1B}[0m", #"\u{1B}[31mred\u{1B}[0m"#), ("\0\u{7F}\u{9B}31m", #"\u{0}\u{7F}\u{9B}31m"#),
        ]
    )
    func printable(text: String, shown: String) {
        #expect(text.printable == shown)
    }
}
