#if HTTPBridge
import CentrifugoProxy
import LogTestKit
import Logging
import ProxyHTTPBridge
import ServiceLifecycle
import Testing
import UpstreamTestKit

/// What the upstream sees, byte by byte, and what the client gets of its answer.
@Suite(.timeLimit(.minutes(1))) struct HTTPBridgeTests {
    private static let usual = "accept: application/json\r\nuser-agent: centrifugo-proxy\r\n"
    private static let host = "host: 127.0.0.1:PORT\r\n"

    @Test(
        "sends GET and HEAD with the payload in the query",
        arguments: [
            ("get:users/1", "", "GET /users/1"), ("get:/users/1", "{}", "GET /users/1"),
            ("get:users", "null", "GET /users"),
            ("GET:news/123", #"{"lang":"en"}"#, "GET /news/123?lang=en"),
            ("get:a?page=2", #"{"f":{"x":[1,true]}}"#, "GET /a?page=2&f%5Bx%5D%5B0%5D=1&f%5Bx%5D%5B1%5D=1"),
            ("get:caf\u{E9} 1", #"{"n":12345678901234567890}"#, "GET /caf%C3%A9%201?n=12345678901234567890"),
            ("get:a%3Fb%23%7e'()*;=", #"{"a":"'*~"}"#, "GET /a%3Fb%23~'()*;=?a=%27%2A~"),
            ("get:", "", "GET /"), ("get:a/", "", "GET /a/"),
            ("head:users/1", #"{"a":"\r\nX: y"}"#, "HEAD /users/1?a=%0D%0AX%3A%20y"),
        ]
    )
    func query(method: String, data: String, line: String) async throws {
        try await BridgeTest.run { test in
            _ = try await test.call(method, data)
            let expected = "\(line) HTTP/1.1\r\n\(Self.usual)\(Self.host)\r\n"
            #expect(await test.upstream.requests.next() == expected)
        }
    }

    @Test(
        "sends the others with the payload as the body",
        arguments: ["POST", "PUT", "PATCH", "DELETE"],
        [#"{"title":"News"}"#, " [1, 2.50]\n", #"{"n":12345678901234567890,"t":"\u00e9"}"#, "\"\u{E9}\"", "0"]
    )
    func body(verb: String, data: String) async throws {
        try await BridgeTest.run { test in
            _ = try await test.call("\(verb.lowercased()):news/store?a=b", data)
            let length = "Content-Length: \(data.utf8.count)\r\n"
            let expected =
                "\(verb) /news/store?a=b HTTP/1.1\r\n\(Self.usual)content-type: application/json\r\n"
                + "\(Self.host)\(length)\r\n\(data)"
            #expect(await test.upstream.requests.next() == expected)
        }
    }

    @Test("sends no body for a client that gave no data", arguments: ["", "null", " null "])
    func noBody(data: String) async throws {
        try await BridgeTest.run { test in
            _ = try await test.call("post:a", data)
            _ = try await test.call("delete:a", data)
            let post = "POST /a HTTP/1.1\r\n\(Self.usual)\(Self.host)Content-Length: 0\r\n\r\n"
            #expect(await test.upstream.requests.next() == post)
            #expect(await test.upstream.requests.next() == "DELETE /a HTTP/1.1\r\n\(Self.usual)\(Self.host)\r\n")
        }
    }

    @Test("stays below the base URL and sends the configured headers")
    func headers() async throws {
        let change = { (configuration: inout HTTPBridge.Configuration) in
            configuration.baseURL += "/api/v1/"
            configuration.headers = ["X-Api-Key": "k"]
            configuration.userHeader = "x-centrifugo-user"
            configuration.forwardedMetadata = ["authorization"]
        }
        try await BridgeTest.run(change: change) { test in
            _ = try await test.call("get:a", user: "ann", metadata: ["authorization": "Bearer t", "x-other": "no"])
            let expected =
                "GET /api/v1/a HTTP/1.1\r\n\(Self.usual)x-api-key: k\r\nx-centrifugo-user: ann\r\n"
                + "authorization: Bearer t\r\n\(Self.host)\r\n"
            #expect(await test.upstream.requests.next() == expected)
        }
    }

    @Test("takes a binary client's payload as well")
    func binary() async throws {
        try await BridgeTest.run { test in
            let request = RPCRequest(encoding: "binary", method: "post:a").with { $0.b64data = "eyJhIjoxfQ==" }
            let result = try await test.bridge.rpc(request, context: CallContext(event: .rpc))
            #expect(result.data.text == #"{"code":200}"#)
            let seen = try #require(await test.upstream.requests.next())
            #expect(seen.hasSuffix("\r\n\r\n{\"a\":1}"))
        }
    }

    @Test(
        "answers with the upstream's status and object",
        arguments: [
            (
                "200 OK", #"{"id":12345678901234567890,"n":"\u00e9","code":1}"#,
                "{\"code\":200,\"id\":12345678901234567890,\"n\":\"\\u00e9\"}"
            ),
            ("404 Not Found", #"{"error":"x"}"#, #"{"code":404,"error":"x"}"#),
            ("200 OK", "[1]", #"{"code":200,"data":[1]}"#),
            ("201 Created", "", #"{"code":201}"#), ("500 Oops", "{}", #"{"code":500}"#),
            ("599 ?", "{}", #"{"code":599}"#),
            (
                "422 Unprocessable Entity", #"{"errors":{"a":["b"]},"message":"m","x":1}"#,
                #"{"code":422,"errors":{"a":["b"]},"message":"m"}"#
            ),
        ]
    )
    func answers(status: String, body: String, answer: String) async throws {
        try await BridgeTest.run(answer: { try await $1.answer(status, body) }) { test in
            try await #expect(test.call("get:a") == answer)
            #expect(test.outcomes() == ["answered": 1])
            #expect(test.log.all().isEmpty)
        }
    }

    @Test("answers with only the code where HTTP has no body, and uses the connection again")
    func withoutBody() async throws {
        let answer: TestUpstream.Answer = { request, connection in
            if request.hasPrefix("HEAD") {
                try await connection.send("HTTP/1.1 200 OK\r\ncontent-length: 99999999\r\n\r\n")
            } else {
                try await connection.send("HTTP/1.1 204 No Content\r\nx-connection: \(connection.number)\r\n\r\n")
            }
        }
        try await BridgeTest.run(answer: answer) { test in
            try await #expect(test.call("head:a") == #"{"code":200}"#)
            try await #expect(test.call("delete:a") == #"{"code":204}"#)
            try await #expect(test.call("head:a") == #"{"code":200}"#)
        }
    }

    @Test("follows no redirect", arguments: [301, 302, 303, 307, 308])
    func redirect(status: Int) async throws {
        let answer: TestUpstream.Answer = { _, connection in
            try await connection.answer("\(status) Moved", headers: ["location: /other"], "<html>moved</html>")
        }
        try await BridgeTest.run(answer: answer) { test in
            try await #expect(test.call("get:a") == "{\"code\":\(status)}")
            #expect(await test.upstream.requests.all().count == 1)
        }
    }

    @Test("uses its connection again for calls one after the other")
    func pool() async throws {
        try await BridgeTest.run(answer: { try await $1.answer("200 OK", "\($1.number)") }) { test in
            for _ in 0..<5 {
                try await #expect(test.call("get:a") == #"{"code":200,"data":1}"#)
                try await #expect(test.call("post:a", "{}") == #"{"code":200,"data":1}"#)
            }
        }
    }

    @Test("opens no more connections than it may, and makes calls wait for one")
    func connections() async throws {
        try await BridgeTest.run(
            change: { $0.maxConnections = 2 },
            answer: { try await $1.answer("200 OK", "\($1.number)") }
        ) { test in
            let bridge = test.bridge
            let answers = try await withThrowingTaskGroup(of: String?.self) { tasks in
                for _ in 0..<20 {
                    tasks.addTask {
                        let request = RPCRequest(encoding: "json", method: "get:a")
                        return try await bridge.rpc(request, context: CallContext(event: .rpc)).data.text
                    }
                }
                return try await tasks.reduce(into: [String?]()) { $0.append($1) }
            }
            #expect(answers.count == 20)
            #expect(Set(answers).isSubset(of: [#"{"code":200,"data":1}"#, #"{"code":200,"data":2}"#]))
        }
    }

    @Test("closes its connections at shutdown, and refuses later calls")
    func shutdown() async throws {
        try await BridgeTest.run { test in
            let group = ServiceGroup(
                services: [test.bridge],
                logger: Logger(label: "group") { _ in SwiftLogNoOpLogHandler() }
            )
            let bridge = test.bridge
            try await withThrowingTaskGroup(of: Void.self) { tasks in
                tasks.addTask { try await group.run() }
                _ = try await test.call("get:a")
                await group.triggerGracefulShutdown()
                try await tasks.waitForAll()
            }
            #expect(await test.upstream.ends.next() == 1)
            try await #expect(test.refusal("get:a") == "503t")
            await bridge.shutdown()
        }
    }

    @Test("may be discarded without a shutdown")
    func thrownAway() async throws {
        try await TestUpstream.run({ try await $1.answer() }) { upstream in
            let configuration = HTTPBridge.Configuration(baseURL: upstream.baseURL, allowed: ["get:a"])
            do {
                let bridge = try HTTPBridge(configuration, logger: LogLines().logger)
                let request = RPCRequest(encoding: "json", method: "get:a")
                _ = try await bridge.rpc(request, context: CallContext(event: .rpc))
            }
            #expect(await upstream.ends.next() == 1)
        }
    }
}
#endif
