import Foundation
import Testing

@testable import ProxyLogging

@Suite struct PrintableTextTests {
    private static let texts: [(text: String, shown: String)] = [
        ("", ""), ("Ada ✓ 👩‍💻 \\n", "Ada ✓ 👩‍💻 \\n"), ("a\nb\r\n\tc", #"a\nb\r\n\tc"#),
        ("\u{1B}[31mred\u{1B}[0m", #"\u{1B}[31mred\u{1B}[0m"#), ("\0\u{7F}\u{9B}31m", #"\u{0}\u{7F}\u{9B}31m"#),
        ("\u{202E}txt.exe", #"\u{202E}txt.exe"#), ("a\u{2028}b\u{2029}c\u{85}d", #"a\u{2028}b\u{2029}c\u{85}d"#),
        ("\u{E0041}\u{FEFF}", #"\u{E0041}\u{FEFF}"#),
    ]

    @Test("escapes what a terminal would interpret, and nothing else", arguments: texts)
    func printable(text: String, shown: String) {
        #expect(text.printable == shown)
        #expect(shown.printable == shown)
    }

    @Test("leaves line breaks and tabs where they belong")
    func lines() {
        #expect("a\n\tb\r\u{1B}".printableLines == "a\n\tb\\r\\u{1B}")
    }

    @Test("escapes JSON by JSON's rules, without changing its meaning", arguments: texts)
    func json(text: String, shown: String) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .prettyPrinted
        let json = String(decoding: try encoder.encode([text]), as: UTF8.self).printableJSON
        #expect(json.printableLines == json)
        #expect(try JSONDecoder().decode([String].self, from: Data(json.utf8)) == [text])
    }
}
