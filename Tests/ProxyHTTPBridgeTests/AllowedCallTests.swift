#if HTTPBridge
import CentrifugoProxy
import Testing

@testable import ProxyHTTPBridge

@Suite struct AllowedCallTests {
    @Test(
        "allows what it says and nothing else",
        arguments: [
            (
                "get:users", ["get:users", "GET:/users", "get:users?a=b", "get:%75sers"],
                ["post:users", "head:users", "get:users/", "get:Users", "get:users/1", "get:", "get:user"]
            ),
            (
                "get:users/*", ["get:users/1", "get:users/caf\u{E9}", "get:users/*", "get:users/a;b"],
                ["get:users", "get:users/", "get:users/1/2", "get:admins/1"]
            ),
            ("get:users/*/posts", ["get:users/1/posts"], ["get:users/posts", "get:users/1/2/posts"]),
            ("get:files/**", ["get:files/a", "get:files/a/b/c", "get:files/"], ["get:files", "get:filesystem/a"]),
            ("get:**", ["get:", "get:a", "get:a/b"], ["post:a"]),
            ("get:/", ["get:", "get:/"], ["get:a"]),
            ("*:a", ["get:a", "head:a", "post:a", "put:a", "patch:a", "delete:a"], ["get:b"]),
            ("Post:/news/store", ["post:news/store"], ["get:news/store"]),
            ("get:caf\u{E9}", ["get:caf\u{E9}", "get:caf%C3%A9"], ["get:cafe\u{301}", "get:cafe"]),
        ]
    )
    func matches(rule: String, allowed: [String], denied: [String]) throws {
        let rule = try AllowedCall(rule)
        for method in allowed {
            #expect(rule.allows(try #require(UpstreamTarget(method: method))), "\(method)")
        }
        for method in denied {
            #expect(!rule.allows(try #require(UpstreamTarget(method: method))), "\(method)")
        }
    }

    @Test(
        "refuses a rule without meaning, or with more than it seems to have",
        arguments: [
            "", "get", "get users", "fetch:users", ":users", "get:users*", "get:*a", "get:***", "get:**/a",
            "get:a/**/b",
            "get:../a", "get:a//b", "get:a?b=c", "get:a#b", "**:a", "get:a%2fb",
        ]
    )
    func refuses(rule: String) {
        #expect(throws: ProxyServerError.self) { try AllowedCall(rule) }
    }
}
#endif
