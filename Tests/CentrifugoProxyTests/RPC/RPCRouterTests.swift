import CentrifugoProxy
import Testing

@Suite(.timeLimit(.minutes(1))) struct RPCRouterTests {
    private struct ListNews: Codable {
        var page: Int
        var tag: String?
    }

    private struct News: Encodable {
        var titles: [String]
    }

    private static func router(fallback: (any RPCHandler)? = nil) throws -> RPCRouter {
        try RPCRouter(fallback: fallback) { methods in
            try methods.on("ping", summary: "Answers.") { _, _ in ["pong": true] }
            try methods.group("news") { news in
                try news.on("list", input: ListNews.self, summary: "Lists news.") { input, request, _ in
                    News(titles: ["\(input.page) \(input.tag ?? "-") \(request.user)"])
                }
                try news.group("admin") { admin in
                    try admin.on("drop") { (input: [String: Int], _, context) in
                        guard input["id"] != 1 else { throw CentrifugoError.conflict }
                        return [context.event.methodName: input["id"]]
                    }
                }
            }
            try methods.onRaw("echo") { payload, _, _ in RPCResult(data: payload) }
        }
    }

    private static func run(_ router: RPCRouter, _ body: (RawConnection, TestServer) async throws -> Void) async throws
    {
        try await TestServer.run(ProxyService(rpc: router)) { try await body($0.connect(), $0) }
    }

    @Test(
        "decodes what a client sends for each method, and answers with JSON",
        arguments: [
            ("ping", "", #"{"pong":true}"#),
            ("ping", "anything", #"{"pong":true}"#),
            ("news:list", #"{"page":2}"#, #"{"titles":["2 - u"]}"#),
            ("news:list", #"{"page":2,"tag":"t","more":[]}"#, #"{"titles":["2 t u"]}"#),
            ("news:admin:drop", #"{"id":7}"#, #"{"RPC":7}"#),
            ("news:admin:drop", "", #"{"RPC":null}"#),
            ("echo", "[1]", "[1]"),
            ("echo", "", ""),
        ]
    )
    func answers(method: String, data: String, expected: String) async throws {
        try await Self.run(Self.router()) { peer, _ in
            let request = RPCRequest(encoding: "json", user: "u", method: method, data: Array(data.utf8))
            let answer: RPCResponse = try await peer.call(.rpc, request)
            #expect(answer.error == nil)
            #expect(answer.result?.data.text == expected)
        }
    }

    @Test(
        "refuses unknown methods, and data that cannot be decoded",
        arguments: [
            ("", "", .notFound), ("news", "", .notFound), ("news:", "", .notFound), ("list", #"{"page":2}"#, .notFound),
            ("news:list:x", "", .notFound), ("NEWS:list", "", .notFound), ("ping\0", "", .notFound),
            (String(repeating: ":", count: 10_000), "", .notFound),
            ("news:list", "", .badRequest), ("news:list", "{}", .badRequest), ("news:list", "null", .badRequest),
            ("news:list", #"{"page":"2"}"#, .badRequest), ("news:list", "{", .badRequest),
            ("news:list", "\0", .badRequest), ("news:list", String(repeating: "[", count: 10_000), .badRequest),
            ("news:admin:drop", #"{"id":1}"#, .conflict),
        ] as [(String, String, CentrifugoError)]
    )
    func refuses(method: String, data: String, error: CentrifugoError) async throws {
        try await Self.run(Self.router()) { peer, server in
            let request = RPCRequest(encoding: "json", method: method, data: Array(data.utf8))
            let answer: RPCResponse = try await peer.call(.rpc, request)
            #expect(answer == RPCResponse(error: error))
            #expect(server.log.lines().isEmpty)
        }
    }

    @Test("takes and answers base64 for clients with binary encoding")
    func binary() async throws {
        try await Self.run(Self.router()) { peer, _ in
            let request = RPCRequest(encoding: "binary", user: "u", method: "news:list").with {
                $0.b64data = "eyJwYWdlIjozfQ=="
            }
            let answer: RPCResponse = try await peer.call(.rpc, request)
            #expect(answer.result?.b64data == "eyJ0aXRsZXMiOlsiMyAtIHUiXX0=")
        }
    }

    @Test("passes other methods to its fallback")
    func fallback() async throws {
        actor Other: RPCHandler {
            func rpc(_ request: RPCRequest, context: CallContext) async throws -> RPCResult {
                guard request.method.hasPrefix("get:") else { throw CentrifugoError.notFound }
                return RPCResult(data: try .json(request.method))
            }
        }
        try await Self.run(Self.router(fallback: Other())) { peer, _ in
            #expect(try await peer.rpc("get:users/1").result?.data.text == #""get:users\/1""#)
            #expect(try await peer.rpc("ping").result?.data.text == #"{"pong":true}"#)
            let refused = try await peer.rpc("post:users")
            #expect(refused.error == .notFound)
        }
    }

    @Test("lists its methods for documentation, in their order")
    func list() throws {
        let methods = try Self.router().methods
        #expect(methods.map(\.name) == ["ping", "news:list", "news:admin:drop", "echo"])
        #expect(methods.map(\.summary) == ["Answers.", "Lists news.", nil, nil])
        #expect(methods.map(\.input) == [nil, "ListNews", "Dictionary<String, Int>", nil])
        #expect(
            methods.map(\.output) == ["Dictionary<String, Bool>", "News", "Dictionary<String, Optional<Int>>", nil]
        )
    }

    @Test("refuses a name that is taken, at once")
    func duplicates() throws {
        var methods = RPCMethods()
        try methods.on("news:list") { _, _ in 1 }
        let error = #expect(throws: RPCMethodError.self) {
            try methods.group("news") { try $0.onRaw("list") { _, _, _ in RPCResult(data: .empty) } }
        }
        #expect(error?.description == #"The method "news:list" is registered twice; remove one."#)
        try methods.on("list") { _, _ in 1 }
        #expect(methods.list.map(\.name) == ["news:list", "list"])
    }

    @Test("refuses invalid names", arguments: ["", ":", "a:", ":a", "a::b", "a b", "a\0", "é", "\u{212A}"])
    func names(name: String) {
        var methods = RPCMethods()
        #expect(throws: RPCMethodError.self) { try methods.on(name) { _, _ in 1 } }
        #expect(throws: RPCMethodError.self) { try methods.group(name) { _ in } }
    }
}
