#if HTTPBridge
import CentrifugoProxy
import LogTestKit
import Logging
import NIOConcurrencyHelpers
import Testing
import UpstreamTestKit

@testable import ProxyHTTPBridge

/// An upstream that is slow, broken, hostile or gone.
@Suite(.timeLimit(.minutes(1))) struct HTTPBridgeFailureTests {
    /// Makes calls with secrets everywhere, and expects one log line without any of them.
    private static func expectFailure(
        _ refusal: String,
        _ outcome: String,
        log reason: String,
        change: (inout HTTPBridge.Configuration) -> Void = { _ in },
        timeout: Duration? = nil,
        answer: @escaping TestUpstream.Answer
    ) async throws {
        let configure = { (configuration: inout HTTPBridge.Configuration) in
            configuration.allowed = ["*:items/**"]
            configuration.headers = ["x-api-key": "hunter2"]
            configuration.forwardedMetadata = ["authorization"]
            change(&configuration)
        }
        try await BridgeTest.run(change: configure, answer: answer) { test in
            let seen = try await test.refusal(
                "get:items/hunter2?token=hunter2",
                #"{"password":"hunter2"}"#,
                metadata: ["authorization": "hunter2"],
                timeout: timeout
            )
            #expect(seen == refusal)
            #expect(test.outcomes() == [outcome: 1])
            let line = try #require(test.log.all().first)
            #expect(test.log.all().count == 1)
            #expect(line.hasPrefix("the HTTP bridge got no answer"))
            #expect(test.log.levels == [.warning])
            #expect(line.contains(reason), "\(line)")
            #expect(line.contains("rule=*:items/**"))
            #expect(!line.contains("hunter2"))
        }
    }

    /// Runs `body` with an upstream that sends nothing, again until a request has reached it: on a busy machine a short
    /// time may pass before there is a connection.
    private static func untilAsked(
        timeout: Duration,
        _ body: (BridgeTest) async throws -> Void
    ) async throws {
        let asked = NIOLockedValueBox(false)
        let answer: TestUpstream.Answer = { _, _ in asked.withLockedValue { $0 = true } }
        try await BridgeTest.run(change: { $0.timeout = timeout }, answer: answer) { test in
            repeat { try await body(test) } while !asked.withLockedValue { $0 }
            #expect(await test.upstream.ends.next() != nil)
        }
    }

    @Test("gives up on an upstream that does not answer in time, and ends the request")
    func silent() async throws {
        try await Self.untilAsked(timeout: .milliseconds(50)) { test in
            let before = test.outcomes()["unavailable", default: 0]
            try await #expect(test.refusal("get:a") == "503t")
            #expect(test.outcomes() == ["unavailable": before + 1])
            #expect(test.log.all().count == 1)
        }
    }

    @Test("gives up before Centrifugo does")
    func deadline() async throws {
        try await Self.untilAsked(timeout: .seconds(3_600)) { test in
            try await #expect(test.refusal("get:a", timeout: .milliseconds(200)) == "503t")
        }
    }

    @Test(
        "leaves time for the way back, in proportion to the remaining time",
        arguments: [
            (5_000, nil, 5_000), (5_000, 1_000, 950), (500, 1_000, 500), (5_000, 100, 90), (5_000, 60_000, 5_000),
            (3_600_000, 60_000, 59_950), (5_000, 0, 0),
        ] as [(Int, Int?, Int)]
    )
    func limit(timeout: Int, remaining: Int?, limit: Int) {
        let seen = HTTPBridge.timeLimit(.milliseconds(timeout), remaining: remaining.map { .milliseconds($0) })
        #expect(seen == .milliseconds(limit))
    }

    @Test("gives up on a body that never ends, in time as well as in size")
    func slowBody() async throws {
        try await Self.expectFailure(
            "503t",
            "unavailable",
            log: "no answer in time",
            change: { $0.timeout = .milliseconds(50) },
            answer: { _, connection in
                try await connection.send("HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\n{\"a\":")
            }
        )
    }

    @Test("reads no more of an endless body than its limit")
    func endless() async throws {
        try await Self.expectFailure(
            "502",
            "answer_too_large",
            log: "maxAnswerSize (rpc.http.max_answer_size in a policy), 100000 bytes",
            change: { $0.maxAnswerSize = 100_000 },
            answer: { _, connection in
                try await connection.send("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n")
                let chunk = "1000\r\n\(String(repeating: " ", count: 4_096))\r\n"
                while true { try await connection.send(chunk) }
            }
        )
    }

    @Test("takes an answer of its limit, and none of one byte more", arguments: [0, 1])
    func limit(more: Int) async throws {
        let body = "\"\(String(repeating: "x", count: 998 + more))\""
        try await BridgeTest.run(change: { $0.maxAnswerSize = 1_000 }, answer: { try await $1.answer("200 OK", body) })
        { test in
            if more == 0 {
                try await #expect(test.call("get:a") == "{\"code\":200,\"data\":\(body)}")
            } else {
                try await #expect(test.refusal("get:a") == "502")
            }
        }
    }

    @Test("names each kind of failure, also just after others")
    func linesOfKinds() async throws {
        let answer: TestUpstream.Answer = { request, connection in
            if request.contains("large") {
                try await connection.answer("200 OK", String(repeating: " ", count: 2_000))
            } else if request.contains("prose") {
                try await connection.answer("200 OK", "prose")
            } else {
                connection.close()
            }
        }
        try await BridgeTest.run(change: { $0.maxAnswerSize = 1_000 }, answer: answer) { test in
            for method in ["get:gone", "get:prose", "get:large", "get:large"] { _ = try await test.refusal(method) }
            #expect(test.log.all().count == 3)
            #expect(test.log.all().last?.contains("max_answer_size") == true)
        }
    }

    @Test(
        "fails when the upstream breaks off or speaks something else",
        arguments: [
            "", "HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\n{\"a\":", "HTTP/1.1 200 OK\r\ncontent-le",
            "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\n{\"a\":\r\n", "SSH-2.0-OpenSSH_9.2\r\n",
            "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n{}\r\n",
            "HTTP/1.1 200 OK\r\ncontent-length: 2\r\ncontent-length: 3\r\n\r\n{} ",
        ]
    )
    func breaksOff(answer: String) async throws {
        try await Self.expectFailure("503t", "unavailable", log: "error=") { _, connection in
            if !answer.isEmpty { try await connection.send(answer) }
            connection.close()
        }
    }

    @Test("fails for good when the answer is not JSON", arguments: ["<html>hunter2</html>", "{\"a\":1"])
    func notJSON(body: String) async throws {
        try await Self.expectFailure("502", "bad_answer", log: "status=500") { _, connection in
            try await connection.answer("500 Oops", body)
        }
    }

    @Test("never inflates: requests no compression, and does not decode compressed bytes")
    func gzip() async throws {
        // `{}` as gzip has it.
        let bytes: [UInt8] = [
            0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 3, 0xAB, 0xAE, 5, 0, 0x43, 0xBF, 0xA6, 0xA3, 2, 0, 0, 0,
        ]
        try await Self.expectFailure("502", "bad_answer", log: "not JSON") { request, connection in
            #expect(!request.lowercased().contains("accept-encoding"))
            let head = "HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ncontent-length: \(bytes.count)\r\n\r\n"
            try await connection.send(Array(head.utf8) + bytes)
        }
    }

    @Test("fails at once when nobody listens")
    func down() async throws {
        // A port that was free a moment ago may be another test's by now; this one is never used.
        try await Self.expectFailure(
            "503t",
            "unavailable",
            log: "error=",
            change: {
                $0.baseURL = "http://127.0.0.1:1"
                $0.timeout = .seconds(3_600)
            },
            answer: { _, _ in }
        )
    }

    @Test("fails when TLS does")
    func tls() async throws {
        try await Self.expectFailure(
            "503t",
            "unavailable",
            log: "error=",
            change: { $0.baseURL = $0.baseURL.replacing("http:", with: "https:") },
            answer: { _, connection in
                // As servers of plain HTTP answer a handshake.
                try await connection.answer("400 Bad Request")
                connection.close()
            }
        )
    }

    @Test("serves again after a failure")
    func recovers() async throws {
        let answer: TestUpstream.Answer = { request, connection in
            if request.contains("bad") { connection.close() } else { try await connection.answer() }
        }
        try await BridgeTest.run(answer: answer) { test in
            for _ in 0..<3 {
                try await #expect(test.refusal("get:bad") == "503t")
                try await #expect(test.call("get:good") == #"{"code":200}"#)
            }
            #expect(test.outcomes() == ["answered": 3, "unavailable": 3])
        }
    }

    @Test("cancels the request with its call, before the answer and in the middle of it", arguments: [false, true])
    func cancelled(begins: Bool) async throws {
        let answer: TestUpstream.Answer = { _, connection in
            if begins { try await connection.send("HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\n{") }
        }
        try await BridgeTest.run(change: { $0.timeout = .seconds(3_600) }, answer: answer) { test in
            let bridge = test.bridge
            let call = Task {
                try await bridge.rpc(RPCRequest(encoding: "json", method: "get:a"), context: CallContext(event: .rpc))
            }
            #expect(await test.upstream.requests.next() != nil)
            call.cancel()
            await #expect(throws: CancellationError.self) { _ = try await call.value }
            #expect(await test.upstream.ends.next() == 1)
            #expect(test.outcomes() == ["cancelled": 1])
            #expect(test.log.all().isEmpty)
        }
    }
}
#endif
