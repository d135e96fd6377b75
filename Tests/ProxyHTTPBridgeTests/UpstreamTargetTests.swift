#if HTTPBridge
import Testing

@testable import ProxyHTTPBridge

@Suite struct UpstreamTargetTests {
    @Test(
        "splits verb and path at the first colon",
        arguments: [
            ("get:users/1", HTTPVerb.get, "users/1"), ("head:a", .head, "a"), ("post:news/store", .post, "news/store"),
            ("put:a", .put, "a"), ("patch:a", .patch, "a"), ("delete:news/1", .delete, "news/1"),
            ("get:/users", .get, "users"), ("get:a/b:c", .get, "a/b:c"), ("get:", .get, ""),
            ("GET:Users", .get, "Users"), ("Post:a", .post, "a"),
        ]
    )
    func splits(method: String, verb: HTTPVerb, path: String) throws {
        let target = try #require(UpstreamTarget(method: method))
        #expect(target.verb == verb)
        #expect(target.path.encoded == path)
        #expect(target.query == nil)
    }

    @Test(
        "refuses a method without colon, verb or plain path",
        arguments: [
            "", "get", "users/1", ":", ":users", "options:a", "trace:a", "connect:evil:443", "get users:1", " get:a",
            "get :a", "ge\u{74}\u{301}:a", "get\r\n:a", "\u{FF47}et:a", "po\u{17F}t:a", "get:http://evil/",
            "get://evil", "get:../a",
            "get:a\r\nX-Evil: 1", "get:a HTTP/1.1\r\n\r\nDELETE /all",
        ]
    )
    func refuses(method: String) {
        #expect(UpstreamTarget(method: method) == nil)
    }

    @Test(
        "keeps a query and encodes forbidden characters in it",
        arguments: [
            ("page=2", "page=2"), ("", ""), ("a=b&c=d", "a=b&c=d"), ("a=%2F%26", "a=%2F%26"), ("a[b]=c", "a%5Bb%5D=c"),
            ("q=a b", "q=a%20b"), ("q=a+b", "q=a+b"), ("q=\u{E9}", "q=%C3%A9"), ("a=/?:@", "a=/?:@"),
            ("../../x", "../../x"), ("a=%0d%0a", "a=%0d%0a"), ("a\\b", "a%5Cb"),
        ]
    )
    func keepsQuery(text: String, query: String) throws {
        let target = try #require(UpstreamTarget(method: "get:users?\(text)"))
        #expect(target.path.encoded == "users")
        #expect(target.query == query)
    }

    @Test("refuses a malformed query", arguments: ["a#b", "a\r\nb", "a\u{0}", "%", "a=%4", "%zz", "\u{7F}"])
    func refusesQuery(text: String) {
        #expect(UpstreamTarget(method: "get:users?\(text)") == nil)
    }
}
#endif
