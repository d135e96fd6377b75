#if HTTPBridge
import CentrifugoProxy
import Testing

@testable import ProxyHTTPBridge

@Suite struct UpstreamHeadersTests {
    private static func headers(
        _ request: RPCRequest = RPCRequest(),
        metadata: Metadata = [:],
        _ change: (inout HTTPBridge.Configuration) -> Void
    ) throws -> [String] {
        var configuration = HTTPBridge.Configuration(baseURL: "http://host")
        change(&configuration)
        return try UpstreamHeaders(configuration)
            .headers(for: request, CallContext(event: .rpc, metadata: metadata))
            .map { "\($0.0): \($0.1)" }
    }

    @Test("contains only the configured metadata")
    func named() throws {
        let request = RPCRequest(client: "c1", user: "\u{E9}mile")
        let headers = try Self.headers(request, metadata: ["X-A": "1", "x-a": "2", "x-b": "3", "cookie": "c=d"]) {
            $0.forwardedMetadata = ["Cookie", "X-A", "x-absent"]
            $0.headers = ["X-API-Key": "k", "accept": "text/json"]
            $0.userHeader = "X-User"
            $0.clientHeader = "X-Client"
        }
        let expected = [
            "user-agent: centrifugo-proxy", "accept: text/json", "x-api-key: k", "x-user: \u{E9}mile", "x-client: c1",
            "cookie: c=d", "x-a: 1", "x-a: 2",
        ]
        #expect(headers == expected)
    }

    @Test("omits the header of an anonymous user")
    func anonymous() throws {
        let headers = try Self.headers { $0.userHeader = "x-user" }
        #expect(headers == ["accept: application/json", "user-agent: centrifugo-proxy"])
    }

    static let ownNames = [
        "connection", "Keep-Alive", "te", "trailer", "transfer-encoding", "Transfer_Encoding", "upgrade", "host",
        "Host",
        "content-length", "content_length", "Content-Type", "content-encoding", "proxy-authorization",
        "proxy-connection", "expect", "accept-encoding", "range", "http2-settings", "grpc-timeout",
        "", "a b", "a:b", "a\r\nb", "\u{E9}", ":path",
    ]

    @Test("refuses names of the connection and the body, wherever they are set", arguments: ownNames)
    func refused(name: String) {
        #expect(throws: ProxyServerError.self) { try Self.headers { $0.forwardedMetadata = [name] } }
        #expect(throws: ProxyServerError.self) { try Self.headers { $0.headers = [name: "a"] } }
        #expect(throws: ProxyServerError.self) { try Self.headers { $0.userHeader = name } }
        #expect(throws: ProxyServerError.self) { try Self.headers { $0.clientHeader = name } }
    }

    @Test(
        "refuses a header with two sources, which a client could forge",
        arguments: ["x-user", "X-User", "X_User", "x_user"]
    )
    func forged(name: String) {
        #expect(throws: ProxyServerError.self) {
            try Self.headers {
                $0.userHeader = "x-user"
                $0.forwardedMetadata = [name]
            }
        }
        #expect(throws: ProxyServerError.self) {
            try Self.headers {
                $0.headers = ["x-user": "a"]
                $0.forwardedMetadata = [name]
            }
        }
        #expect(throws: ProxyServerError.self) {
            try Self.headers {
                $0.userHeader = "x-user"
                $0.clientHeader = name
            }
        }
    }

    static let badValues = ["a\r\nX-Evil: 1", "a\nb", "a\rb", "a\u{0}b", "\u{7F}", "\ta", " admin", "admin "]

    @Test("refuses values that the upstream would read differently", arguments: badValues)
    func values(value: String) {
        #expect(throws: ProxyServerError.self) { try Self.headers { $0.headers = ["x-a": value] } }
        #expect(throws: BridgeError.self) {
            try Self.headers(metadata: ["x-a": "fine", "x-a": value]) { $0.forwardedMetadata = ["x-a"] }
        }
        #expect(throws: BridgeError.self) { try Self.headers(RPCRequest(user: value)) { $0.userHeader = "x-user" } }
        #expect(throws: BridgeError.self) { try Self.headers(RPCRequest(client: value)) { $0.clientHeader = "x-c" } }
    }

    @Test("never shows a value of the configuration")
    func secret() {
        var configuration = HTTPBridge.Configuration(baseURL: "http://host/hunter2")
        configuration.headers = ["x-api-key": "hunter2"]
        var dumped = ""
        dump(configuration, to: &dumped)
        for text in ["\(configuration)", String(reflecting: configuration), dumped] {
            #expect(text.contains("x-api-key"))
            #expect(!text.contains("hunter2"))
        }
    }
}
#endif
