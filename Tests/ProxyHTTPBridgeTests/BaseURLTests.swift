#if HTTPBridge
import CentrifugoProxy
import Testing

@testable import ProxyHTTPBridge

@Suite struct BaseURLTests {
    @Test(
        "puts paths and queries below itself",
        arguments: [
            ("http://127.0.0.1:8080", "http://127.0.0.1:8080/users/1?a=b&c=d"),
            ("http://127.0.0.1:8080/", "http://127.0.0.1:8080/users/1?a=b&c=d"),
            ("https://api.example.com/v1", "https://api.example.com/v1/users/1?a=b&c=d"),
            ("HTTPS://api.example.com/v1/b/", "https://api.example.com/v1/b/users/1?a=b&c=d"),
            ("http://[::1]:80", "http://[::1]:80/users/1?a=b&c=d"), ("http://[::1]", "http://[::1]/users/1?a=b&c=d"),
            ("http://a_b/caf\u{E9}", "http://a_b/caf%C3%A9/users/1?a=b&c=d"),
        ]
    )
    func joins(text: String, url: String) throws {
        let path = try #require(UpstreamPath(Array("users/1".utf8)))
        #expect(try BaseURL(text).url(of: path, query: ["a=b", "c=d"]) == url)
    }

    @Test("needs neither a path nor a query")
    func empty() throws {
        let path = try #require(UpstreamPath([]))
        #expect(try BaseURL("http://host").url(of: path, query: []) == "http://host/")
    }

    @Test(
        "refuses what is not an HTTP server's URL, without repeating it",
        arguments: [
            "", "host", "host:80", "//host", "ftp://host", "file:///etc/passwd", "http:/host", "http://",
            "http:///path",
            "http://:80", "http://host:", "http://host:0", "http://host:65536", "http://host:a", "http://host:80:90",
            "http://user@host", "http://user:secret@host", "http://host?a", "http://host/a?b", "http://host/#a",
            "http://host/../a", "http://host//a", "http://host/a%2fb", "http://ho st", "http://h\u{F6}st",
            "http://host\r\nX: y", "http://host\\@evil",
        ]
    )
    func refuses(text: String) throws {
        let error = try #require(throws: ProxyServerError.self) { try BaseURL(text) }
        #expect(!error.message.contains("secret"))
    }
}
#endif
