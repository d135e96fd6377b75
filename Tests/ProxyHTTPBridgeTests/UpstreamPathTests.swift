#if HTTPBridge
import Testing

@testable import ProxyHTTPBridge

@Suite struct UpstreamPathTests {
    @Test(
        "keeps what a path means and writes it in one way",
        arguments: [
            ("users/1", "users/1"), ("/users/1", "users/1"), ("", ""), ("/", ""), ("users/", "users/"),
            ("caf\u{E9}/\u{1F600}", "caf%C3%A9/%F0%9F%98%80"), ("caf%c3%a9", "caf%C3%A9"),
            ("a b", "a%20b"), ("a+b", "a+b"), ("a%2Bb", "a+b"), ("%41%7e", "A~"), ("100%25", "100%25"),
            ("a;b=c,d", "a;b=c,d"), ("users/@me", "users/@me"), ("v1/a:b", "v1/a:b"), ("a%3Fb%23c", "a%3Fb%23c"),
            ("\"<>^`{|}[]", "%22%3C%3E%5E%60%7B%7C%7D%5B%5D"), ("!$&'()*+,;=", "!$&'()*+,;="),
            (".well-known/a..b/c.", ".well-known/a..b/c."), ("..a/a..", "..a/a.."),
        ]
    )
    func keeps(text: String, encoded: String) throws {
        let path = try #require(UpstreamPath(Array(text.utf8)))
        #expect(path.encoded == encoded)
        #expect(UpstreamPath(Array(encoded.utf8)) == path)
    }

    static let escapes = [
        // Dot segments: plain, encoded, encoded twice, with parameters, with trailing characters that Windows drops.
        "..", ".", "../admin", "a/../../admin", "a/..", "a/.", "./a", "%2e%2e/admin", "a/%2E./b", ".%2e", "%2e",
        "%252e%252e/admin", "%252E", "a/%25%32%65", "..;/admin", "a/..;x=1/b", ".;", "..%3b/admin", "...", "a/.. /b",
        ".%20", "%20..",
        // Slashes that only some readers recognize.
        "a%2fb", "%2F", "a%2Fadmin", "a%252fb", "a\\b", "..\\admin", "a%5cb", "%5C..%5Cadmin", "a%255cb",
        // Overlong UTF-8 of `.`, `/` and `\`, and invalid UTF-8.
        "%c0%ae%c0%ae/a", "a%c0%afb", "a%c1%9cb", "%e0%80%ae", "%ff", "%ed%a0%80",
        // Hosts, schemes, users, queries, fragments.
        "//evil", "//evil/a", "///evil", "/%2fevil", "http://evil/", "http:evil", "/http:evil", "javascript:1",
        "h%3aevil", "user@evil", "user:pw@evil", "@evil/", "%40evil", "a//b", "a#b", "#", "a?b",
        // Control characters: header injection, truncation.
        "a\r\nX: y", "a\nb", "a\rb", "a\u{0}b", "a\tb", "a\u{7F}", "a%0d%0aX:%20y", "a%00", "a%7f", "a\u{85}b",
        "a%c2%85",
        // Invalid encodings.
        "%", "a%", "a%4", "a%zz", "%u002e", "a%2", "%%32e",
    ]

    @Test("refuses a path that could be read as another one", arguments: escapes)
    func refuses(text: String) {
        #expect(UpstreamPath(Array(text.utf8)) == nil)
    }

    @Test("never leaves the base with any two or three characters")
    func exhaustive() {
        let letters = Array("./\\%2e5cf:@?#; a\r".utf8)
        var accepted = 0
        for first in letters {
            for second in letters {
                for third in letters {
                    for text in [[first, second], [first, second, third], [0x61, 0x2F, first, second, third]] {
                        guard let path = UpstreamPath(text) else { continue }
                        accepted += 1
                        let pieces = path.encoded.split(separator: "/", omittingEmptySubsequences: false)
                        #expect(!pieces.contains("..") && !pieces.contains(".") && !pieces.dropLast().contains(""))
                        #expect(path.encoded.utf8.allSatisfy { $0.isPathCharacter || "/%".utf8.contains($0) })
                    }
                }
            }
        }
        #expect(accepted > 100)
    }
}
#endif
