#if HTTPBridge
import CentrifugoProxy
import LogTestKit
import ProxyHTTPBridge
import Testing
import UpstreamTestKit

/// What never reaches the upstream.
@Suite(.timeLimit(.minutes(1))) struct HTTPBridgeRefusalTests {
    @Test("allows nothing by default")
    func nothing() async throws {
        try await BridgeTest.run(change: { $0.allowed = [] }) { test in
            try await #expect(test.refusal("get:users") == "404")
            #expect(await test.upstream.requests.all().isEmpty)
            #expect(test.outcomes() == ["not_allowed": 1])
        }
    }

    @Test("answers forbidden paths like missing ones, whether they exist or not")
    func notAllowed() async throws {
        try await BridgeTest.run(change: { $0.allowed = ["get:users/*"] }) { test in
            for method in ["post:users/1", "get:users", "get:users/1/2", "get:admin", "get:Users/1", "head:users/1"] {
                try await #expect(test.refusal(method) == "404", "\(method)")
            }
            try await #expect(test.call("get:users/1") == #"{"code":200}"#)
            #expect(await test.upstream.requests.all().count == 1)
            #expect(test.outcomes() == ["not_allowed": 6, "answered": 1])
        }
    }

    @Test(
        "refuses a malformed method, or one that leaves the base",
        arguments: ["", "users", "options:a", "get users", "get:\r\nX-Evil: 1", "get:a\r\n\r\nDELETE /b"]
            + UpstreamPathTests.escapes.filter { !$0.contains("?") }.map { "get:\($0)" }
    )
    func badMethod(method: String) async throws {
        try await BridgeTest.run { test in
            try await #expect(test.refusal(method) == "400")
            #expect(await test.upstream.requests.all().isEmpty)
            #expect(test.outcomes() == ["bad_request": 1])
            #expect(test.log.all().isEmpty)
        }
    }

    @Test(
        "refuses a payload that cannot be sent",
        arguments: [
            ("get:a", "[]"), ("get:a", "1"), ("head:a", "\"a\""), ("get:a", "{"), ("post:a", "{"), ("post:a", "a=b"),
            ("put:a", "\u{FEFF}{}"), ("delete:a", "nul"), ("get:a", " "), ("patch:a", "{}\r\n\r\nGET /evil"),
            ("get:a", #"{"a":"\ud800"}"#),
        ]
    )
    func badPayload(method: String, data: String) async throws {
        try await BridgeTest.run { test in
            try await #expect(test.refusal(method, data) == "400")
            #expect(await test.upstream.requests.all().isEmpty)
        }
    }

    @Test("refuses invalid base64")
    func badBase64() async throws {
        try await BridgeTest.run { test in
            await #expect(throws: CentrifugoError.badRequest) {
                let request = RPCRequest(encoding: "binary", method: "post:a").with { $0.b64data = "?" }
                _ = try await test.bridge.rpc(request, context: CallContext(event: .rpc))
            }
            #expect(test.outcomes() == ["bad_request": 1])
        }
    }

    @Test("refuses header injection by metadata and user", arguments: UpstreamHeadersTests.badValues)
    func badHeader(value: String) async throws {
        let change = { (configuration: inout HTTPBridge.Configuration) in
            configuration.forwardedMetadata = ["x-a"]
            configuration.userHeader = "x-user"
        }
        try await BridgeTest.run(change: change) { test in
            try await #expect(test.refusal("get:a", metadata: ["x-a": value]) == "400")
            try await #expect(test.refusal("get:a", user: value) == "400")
            #expect(await test.upstream.requests.all().isEmpty)
        }
    }

    @Test("refuses a request above its limit, wherever its bytes are")
    func tooLarge() async throws {
        try await BridgeTest.run(change: { $0.maxRequestSize = 1_000 }) { test in
            let text = String(repeating: "x", count: 1_000)
            let escaped = String(repeating: "/", count: 400)
            for (method, data) in [
                ("post:a", "\"\(text)\""), ("get:a", #"{"a":"\#(escaped)"}"#), ("get:\(text)", ""),
                ("get:a?\(text)", ""),
            ] {
                try await #expect(test.refusal(method, data) == "413")
            }
            try await #expect(test.call("post:a", "\"\(text.prefix(900))\"") == #"{"code":200}"#)
            #expect(await test.upstream.requests.all().count == 1)
            #expect(test.outcomes() == ["too_large": 4, "answered": 1])
        }
    }

    @Test("refuses an invalid configuration")
    func configuration() {
        let log = LogLines()
        for change in [
            { $0.baseURL = "ftp://host" }, { $0.allowed = ["users"] }, { $0.headers = ["host": "a"] },
            { $0.forwardedMetadata = ["content-length"] },
        ] as [(inout HTTPBridge.Configuration) -> Void] {
            var configuration = HTTPBridge.Configuration(baseURL: "http://host")
            change(&configuration)
            #expect(throws: ProxyServerError.self) { try HTTPBridge(configuration, logger: log.logger) }
        }
    }
}
#endif
