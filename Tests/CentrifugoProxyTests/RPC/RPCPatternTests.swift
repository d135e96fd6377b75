import CentrifugoProxy
import HTTP2FrameKit
import Testing

/// Methods whose names are patterns.
@Suite(.timeLimit(.minutes(1))) struct RPCPatternTests {
    private static func router(fallback: (any RPCHandler)? = nil) throws -> RPCRouter {
        try RPCRouter(fallback: fallback) { methods in
            try methods.group("news") { news in
                try news.on(#"{id:\d+}"#) { match, request, _ in
                    ["id": "\(try match.int("id"))", "user": request.user, "whole": match.channel]
                }
                try news.on("{id:[0-9]+}:tag", input: [String].self, summary: "Sets tags.") { tags, match, _, _ in
                    [match["id"]] + tags
                }
                try news.on("list[:{page}]") { match, _, _ in match["page"] ?? "first" }
                try news.on("0") { _, _ in "exact" }
                try news.onRaw("{method:.+}") { payload, match, _, _ in
                    guard match["method"] != "drop" else { throw .permissionDenied }
                    return RPCResult(data: payload)
                }
            }
            try methods.group("user:{user}") { try $0.on("name") { match, _, _ in match["user"] } }
            try methods.on("ping[:{any}]") { _, _ in "pong" }
        }
    }

    @Test(
        "finds the method by its name, exact ones first, then in the order of registration",
        arguments: [
            ("news:7", "", #"{"id":"7","user":"u","whole":"news:7"}"#), ("news:0", "", #""exact""#),
            ("news:8:tag", #"["a"]"#, #"["8","a"]"#), ("news:list", "", #""first""#), ("news:list:2", "", #""2""#),
            ("news:other", "[1]", "[1]"), ("news:a:b:c", "2", "2"), ("user:bob:name", "", #""bob""#),
            ("ping", "", #""pong""#), ("ping:x", "", #""pong""#),
        ]
    )
    func finds(method: String, data: String, answer: String) async throws {
        let router = try Self.router()
        let request = RPCRequest(encoding: "json", user: "u", method: method, data: Array(data.utf8))
        let result = try await router.rpc(request, context: CallContext(event: .rpc))
        // Foundation writes members in any order.
        #expect(try result.data.json == Payload.text(answer).json)
    }

    @Test(
        "refuses other names, whatever they are made of",
        arguments: [
            "", "news", "news:", "news:\0", "news:é", "news:\u{7F}", "NEWS:1", "user::name", "user:a.b:name", "ping:",
            "news:\u{FF11}", "user:" + String(repeating: "é", count: 6_000) + ":name",
            String(repeating: "news:", count: 3_000) + "\0",
        ]
    )
    func refuses(method: String) async throws {
        try await TestServer.run(ProxyService(rpc: try Self.router())) { server in
            let peer = try await server.connect()
            #expect(try await peer.rpc(method).error == .notFound)
        }
    }

    @Test("refuses what a handler of the rest of a group refuses, and numbers that are not in the one form")
    func thrown() async throws {
        let router = try Self.router()
        for (method, error) in [
            ("news:drop", CentrifugoError.permissionDenied), ("news:99999999999999999999", .badRequest),
            ("news:07", .badRequest),
        ] {
            await #expect(throws: error) {
                try await router.rpc(RPCRequest(method: method), context: CallContext(event: .rpc))
            }
        }
    }

    @Test("passes only what no pattern matches to its fallback")
    func fallback() async throws {
        actor Other: RPCHandler {
            func rpc(_ request: RPCRequest, context: CallContext) async throws -> RPCResult {
                RPCResult(data: try .json(request.method))
            }
        }
        let router = try Self.router(fallback: Other())
        func answer(_ method: String) async throws -> String? {
            let result = try await router.rpc(RPCRequest(method: method), context: CallContext(event: .rpc))
            return result.data.text
        }
        #expect(try await answer("other") == #""other""#)
        #expect(try await answer("news:0") == #""exact""#)
        #expect(try await answer("é") == #""é""#)
    }

    @Test("lists patterns with their parameters")
    func list() throws {
        let methods = try Self.router().methods
        #expect(
            methods.map(\.name) == [
                #"news:{id:\d+}"#, "news:{id:[0-9]+}:tag", "news:list[:{page}]", "news:0", "news:{method:.+}",
                "user:{user}:name", "ping[:{any}]",
            ]
        )
        #expect(methods.map(\.parameters) == [["id"], ["id"], ["page"], [], ["method"], ["user"], ["any"]])
        #expect(methods[1].summary == "Sets tags." && methods[1].input == "Array<String>")
    }

    @Test(
        "refuses a name that would never be found",
        arguments: [
            (["a:{x}", "a:{x}"], #"The method "a:{x}" is registered twice; remove one."#),
            (["a:{x}", "a:{y}"], #"The methods "a:{x}" and "a:{y}" match the same names; remove one."#),
            (
                ["a:{x:.+}", "a:b:{y}"],
                #"The method "a:b:{y}" never matches, because earlier ones match all its names: "a:{x:.+}"; "#
                    + #"register "a:b:{y}" first."#
            ),
            (["a[:{x}]", "a"], #"earlier ones match all its names: "a[:{x}]"; register "a" first."#),
            (["a", "a"], #"The method "a" is registered twice; remove one."#),
        ]
    )
    func conflicts(names: [String], sentence: String) throws {
        var methods = RPCMethods()
        for name in names.dropLast() { try methods.on(name) { _, _ in 1 } }
        let error = #expect(throws: RPCMethodError.self) { try methods.on(names[names.count - 1]) { _, _ in 1 } }
        #expect(error?.description.hasSuffix(sentence) == true, "\(String(describing: error))")
        #expect(methods.list.count == names.count - 1)
    }

    @Test("serves an exact name that is registered after a pattern, or with a form that is taken")
    func precedence() async throws {
        let router = try RPCRouter { methods in
            try methods.on("a:{x}") { _, _ in "pattern" }
            try methods.on("a:b") { _, _ in "exact" }
            try methods.on("c[:{x}]") { match, _, _ in match["x"] ?? "none" }
            try methods.on("[d:]c") { _, _ in "later" }
        }
        for (method, answer) in [
            ("a:b", "exact"), ("a:c", "pattern"), ("c", "none"), ("c:1", "1"), ("d:c", "later"),
        ] {
            let result = try await router.rpc(RPCRequest(method: method), context: CallContext(event: .rpc))
            #expect(try result.data.json == .string(answer), "\(method)")
        }
    }

    @Test(
        "refuses an invalid pattern with a sentence",
        arguments: [
            ("a:{x", #"at character 3: this { is never closed; write {x}."#),
            ("a:{x}{y}", "it is unclear where {x} ends"),
            ("{x}:{x}", "the parameter {x} is repeated"), ("a[:]", #"The method "a[:]" has an empty part"#),
            ("a::{x}", #"The method "a::{x}" has an empty part"#), ("a:{x:[a b]+}", "other than visible ASCII"),
            ("[a]", "all of it is optional"), ("a" + String(repeating: "x", count: 1_024), "more than 1024 characters"),
        ]
    )
    func invalid(pattern: String, sentence: String) {
        var methods = RPCMethods()
        let error = #expect(throws: RPCMethodError.self) { try methods.on(pattern) { _, _ in 1 } }
        #expect(error?.description.contains(sentence) == true, "\(String(describing: error))")
        #expect(throws: RPCMethodError.self) { try methods.group(pattern) { _ in } }
        #expect(methods.list.isEmpty)
    }

    @Test("finds methods among many")
    func many() async throws {
        let router = try RPCRouter { methods in
            for number in 0..<500 {
                try methods.group("n\(number)") { group in
                    try group.on("exact") { _, _ in number }
                    try group.on("{x}:part") { _, _, _ in -number }
                }
            }
        }
        for number in [0, 250, 499] {
            for (method, answer) in [("n\(number):exact", number), ("n\(number):z:part", -number)] {
                let result = try await router.rpc(RPCRequest(method: method), context: CallContext(event: .rpc))
                #expect(try result.data.json.int == answer)
            }
        }
    }
}
