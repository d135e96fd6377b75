#if JWT && HTTPBridge
import Testing

@testable import ProxyTokensJWT

/// URLs and lifetimes of key sets.
@Suite struct KeySetURLTests {
    @Test(
        "shows a URL without its query",
        arguments: [
            ("https://a/keys", "https://a/keys"), ("https://a.b:8443/c?d=e", "https://a.b:8443/c"),
            ("HTTPS://[::1]:1/", "HTTPS://[::1]:1/"), ("https://a", "https://a"),
        ]
    )
    func shown(text: String, shown: String) throws {
        let url = try KeySetURL(text, allowsPlainHTTP: false)
        #expect(url.shown == shown && url.text == text)
    }

    @Test(
        "refuses what is not the URL of an HTTPS server, without showing it",
        arguments: [
            "", "hunter2", "/etc/hunter2", "https://", "https:///hunter2", "ftp://hunter2", "http://hunter2/",
            "https://user:hunter2@a/", "https://hunter2@a/", "https://a/#hunter2", "https://a/hunter2 b",
            "https://a/hunter2\n", "https://a:0/hunter2", "https://a:99999/hunter2", "https://ä/hunter2",
            "https://a:hunter2/",
        ]
    )
    func refused(text: String) {
        let error = #expect(throws: JWTKeyError.self) { try KeySetURL(text, allowsPlainHTTP: false) }
        #expect(error?.message.contains("hunter2") == false)
        #expect(error?.message.hasPrefix("The URL of the key set cannot be used: ") == true)
    }

    @Test(
        "reads the lifetime of an answer, within the range",
        arguments: [
            ([], [], 600), (["max-age=3600"], [], 3_600), (["public, Max-Age = \"120\""], [], 120),
            (["max-age=300", "max-age=200"], [], 200), (["max-age=300"], ["100"], 200), (["max-age=300"], ["999"], 60),
            (["max-age=1"], [], 60), (["max-age=0"], [], 60), (["no-store"], [], 60),
            (["no-cache, max-age=3600"], [], 60), (["max-age=99999999999999999999999"], [], 86_400),
            (["max-age=-1"], [], 600), (["max-age=x"], [], 600), (["s-maxage=3600"], [], 600), ([",,="], ["x"], 600),
            (["max-age=300"], ["99999999999999999999999"], 60),
        ] as [([String], [String], Int)]
    )
    func lifetime(cacheControl: [String], age: [String], seconds: Int) {
        #expect(KeySetLifetime.lifetime(cacheControl: cacheControl, age: age) == .seconds(seconds))
    }
}
#endif
