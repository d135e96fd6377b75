#if HTTPBridge
import CentrifugoProxy
import LogTestKit
import Logging
import Metrics
import MetricsTestKit
import Synchronization
import Testing
import UpstreamTestKit

@testable import ProxyHTTPBridge

/// Connections about which an HTTP server is asked.
@Suite(.timeLimit(.minutes(1))) struct HTTPConnectHandlerTests {
    /// A handler with a server, and what can be seen of it from outside.
    struct Asked: Sendable {
        let handler: HTTPConnectHandler
        let upstream: TestUpstream
        let log: LogLines
        let metrics: TestMetrics
        let joins: Events<Void>

        func connect(
            _ client: String = "c1",
            metadata: Metadata = [:],
            data: String = "",
            timeout: Duration? = nil
        ) async throws -> ConnectResult {
            let request = ConnectRequest(
                client: client,
                transport: "websocket",
                protocol: "json",
                encoding: "json",
                data: [UInt8](data.utf8)
            )
            let context = CallContext(event: .connect, metadata: metadata, timeout: timeout)
            return try await handler.connect(request, context: context)
        }

        func outcomes() -> [String: Int64] {
            metrics.counters.filter { $0.label == "centrifugo_proxy_connect_requests" && $0.totalValue > 0 }
                .reduce(into: [:]) { $0[$1.dimensions.first?.1 ?? ""] = $1.totalValue }
        }
    }

    static func run(
        change: (inout HTTPConnectHandler.Configuration) -> Void = { _ in },
        answer: @escaping TestUpstream.Answer,
        _ body: (Asked) async throws -> Void
    ) async throws {
        try await TestUpstream.run(answer) { upstream in
            var configuration = HTTPConnectHandler.Configuration(
                url: "\(upstream.baseURL)/centrifugo/connect/?a=hunter2",
                forwardedMetadata: ["Cookie", "user-agent"]
            )
            configuration.timeout = .seconds(60)
            configuration.headers = ["X-API-Key": "hunter2"]
            change(&configuration)
            let log = LogLines()
            let metrics = TestMetrics()
            let joins = Events<Void>()
            let handler = try withMetricsFactory(metrics) {
                try HTTPConnectHandler(configuration, logger: log.logger, onJoin: { joins.tell(()) })
            }
            try await body(Asked(handler: handler, upstream: upstream, log: log, metrics: metrics, joins: joins))
            await handler.shutdown()
        }
    }

    @Test("sends Centrifugo's JSON and the allowed headers")
    func request() async throws {
        try await Self.run(answer: { try await $1.answer("200 OK", #"{"result": {"user": "56"}}"#) }) { asked in
            let metadata: Metadata = ["cookie": "session=a b", "authorization": "not allowed", "user-agent": "SDK"]
            let result = try await asked.connect(metadata: metadata, data: #"{"n": 1.10}"#)
            #expect(result == ConnectResult(user: "56"))
            let request = try #require(await asked.upstream.requests.next())
            let parts = request.split(separator: "\r\n\r\n")
            let head = parts[0].lowercased().split(separator: "\r\n")
            #expect(head.first == "post /centrifugo/connect/?a=hunter2 http/1.1")
            for line in [
                "cookie: session=a b", "user-agent: sdk", "x-api-key: hunter2", "content-type: application/json",
            ] {
                #expect(head.contains { $0 == line }, "\(line)")
            }
            #expect(!request.contains("not allowed"))
            #expect(
                parts[1]
                    == #"{"client":"c1","transport":"websocket","protocol":"json","encoding":"json","data":{"n": 1.10}}"#
            )
            #expect(asked.outcomes() == ["answered": 1] && asked.log.all().isEmpty)
        }
    }

    @Test("writes all members of the body, and leaves out the empty ones")
    func bodies() throws {
        func body(_ request: ConnectRequest) throws -> String {
            String(decoding: try ConnectBody(request).json(client: request.client), as: UTF8.self)
        }
        #expect(try body(ConnectRequest()) == #"{"client":""}"#)
        let whole = ConnectRequest(
            client: "c\"",
            transport: "uni_sse",
            protocol: "protobuf",
            encoding: "binary",
            name: "js\n",
            version: "1",
            channels: ["a", "b\\"]
        ).with { $0.b64data = "AAE=" }
        #expect(
            try body(whole)
                == #"{"client":"c\"","transport":"uni_sse","protocol":"protobuf","encoding":"binary","name":"js\u000a","#
                + #""version":"1","b64data":"AAE=","channels":["a","b\\"]}"#
        )
        for data in ["{", "x", "{}{}"] {
            #expect(throws: BridgeError.self) { try body(ConnectRequest(data: [UInt8](data.utf8))) }
        }
    }

    @Test("reads all fields of a result")
    func result() async throws {
        let json = #"""
            {"result": {"user": "56", "expire_at": 1900000000, "info": {"n": 1.10}, "b64data": "AAE=", "data": 1,
             "channels": ["a"], "subs": {"b": {"data": [1], "override": {"join_leave": {"value": true}}}},
             "meta": {"roles": ["staff"]}, "caps": [{"channels": ["c"], "allow": ["pub"], "match": "wildcard"}],
             "labels": {"x": "y"}, "new": {}}, "error": null}
            """#
        try await Self.run(answer: { try await $1.answer("200 OK", json) }) { asked in
            let result = try await asked.connect()
            let expected = ConnectResult(
                user: "56",
                expireAt: 1_900_000_000,
                info: .bytes([UInt8](#"{"n": 1.10}"#.utf8)),
                data: .bytes([0, 1]),
                channels: ["a"],
                subs: [
                    "b": SubscribeOptions(
                        data: .bytes([UInt8]("[1]".utf8)),
                        override: SubscribeOptionOverride(joinLeave: true)
                    )
                ],
                meta: #"{"roles": ["staff"]}"#,
                caps: [ChannelsCapability(channels: ["c"], allow: ["pub"], match: "wildcard")],
                labels: ["x": "y"]
            )
            #expect(result == expected)
        }
    }

    /// Refusals that the server chose.
    static let refusals: [(answer: String, error: any Error & Equatable)] = [
        (#"{"error": {"code": 1000, "message": "closed", "temporary": true}}"#, error(1_000, "closed", true)),
        (#"{"error": {"code": 400}, "result": {"user": "a"}}"#, error(400, "", false)),
        (#"{"disconnect": {"code": 4501, "reason": "unauthorized"}, "error": {"code": 1}}"#, disconnect(4_501)),
    ]

    private static func error(_ code: UInt32, _ message: String, _ temporary: Bool) -> CentrifugoError {
        CentrifugoError(uncheckedCode: code, message: message, temporary: temporary)
    }

    private static func disconnect(_ code: UInt32) -> Disconnect {
        Disconnect(uncheckedCode: code, reason: "unauthorized")
    }

    @Test("passes on the server's errors and disconnects", arguments: refusals.indices)
    func refused(index: Int) async throws {
        let (answer, error) = Self.refusals[index]
        try await Self.run(answer: { try await $1.answer("200 OK", answer) }) { asked in
            let thrown = await #expect(throws: (any Error).self) { try await asked.connect() }
            #expect("\(thrown.map { "\($0)" } ?? "")" == "\(error)")
            #expect(asked.outcomes() == ["answered": 1] && asked.log.all().isEmpty)
        }
    }

    @Test("disconnects clients whose credentials the server does not accept", arguments: ["401 No", "403 No"])
    func unauthorized(status: String) async throws {
        try await Self.run(answer: { try await $1.answer(status, "hunter2") }) { asked in
            await #expect(throws: Disconnect.unauthorized) { try await asked.connect() }
            #expect(asked.log.all().isEmpty)
        }
    }

    /// Unusable answers: the status, the body, and what the log says.
    static let unusableAnswers: [(status: String, body: String, reason: String)] = [
        ("500 No", "{}", "status is not 200"), ("404 No", #"{"result": {"user": "a"}}"#, "status is not 200"),
        ("201 No", #"{"result": {"user": "a"}}"#, "status is not 200"),
        ("302 No", "", "redirect, which is not followed"),
        ("200 OK", "", "not JSON"), ("200 OK", "<html>hunter2", "not JSON"), ("200 OK", "[]", "it is not an object"),
        ("200 OK", "{}", "none of result, error and disconnect"), ("200 OK", #"{"result": null}"#, "none of result"),
        ("200 OK", #"{"result": "hunter2"}"#, "result is not an object"),
        ("200 OK", #"{"result": {"user": 56}}"#, "result.user is not a text"),
        ("200 OK", #"{"result": {"expire_at": -1}}"#, "result.expire_at is below 0"),
        ("200 OK", #"{"result": {"meta": []}}"#, "result.meta is not an object"),
        ("200 OK", #"{"result": {"caps": [1]}}"#, "result.caps is not an object"),
        ("200 OK", #"{"result": {"labels": {"a": 1}}}"#, "result.labels.a is not a text"),
        ("200 OK", #"{"result": {}, "result": {}}"#, "result is there twice"),
        ("200 OK", #"{"error": {"code": 399}}"#, "must be in 400...1999, and 399 is not"),
        ("200 OK", #"{"error": {"code": 99999999999}}"#, "must be in 400...1999"),
        ("200 OK", #"{"error": {"message": "hunter2"}}"#, "must be in 400...1999, and 0 is not"),
        ("200 OK", #"{"disconnect": {"code": 3000}}"#, "must be in 4000...4999, and 3000 is not"),
        ("200 OK", #"{"disconnect": {"code": 4500, "reason": "\#(String(repeating: "x", count: 33))"}}"#, "32 bytes"),
        (
            "200 OK", #"{"result": {"user": "\#(String(repeating: "x", count: 1_100_000))"}}"#,
            "connect.http.max_answer_size"
        ),
    ]

    @Test("accepts nobody by anything else, lets clients come back, and says why", arguments: unusableAnswers.indices)
    func unusable(index: Int) async throws {
        let (status, body, reason) = Self.unusableAnswers[index]
        try await Self.run(answer: { try await $1.answer(status, headers: ["location: /hunter2"], body) }) { asked in
            await #expect(throws: CentrifugoError.unavailable) {
                try await asked.connect(metadata: ["cookie": "hunter2"], data: #""hunter2""#)
            }
            let line = try #require(asked.log.all().first)
            #expect(line.hasPrefix("the HTTP server for connections gave no usable answer") && line.contains(reason))
            #expect(!line.contains("hunter2") && asked.log.levels == [.warning], "\(line)")
            #expect(asked.outcomes().count == 1 && asked.outcomes()["answered"] == nil)
        }
    }

    @Test("gives up when its time or the call's is over")
    func slow() async throws {
        for (own, call) in [(Duration.milliseconds(50), nil), (.seconds(60), Duration.milliseconds(100))] {
            try await Self.run(change: { $0.timeout = own }, answer: { _, _ in }) { asked in
                await #expect(throws: CentrifugoError.unavailable) { try await asked.connect(timeout: call) }
                #expect(asked.outcomes() == ["unavailable": 1])
            }
        }
    }

    @Test("refuses metadata and data that cannot be sent")
    func badRequest() async throws {
        try await Self.run(answer: { try await $1.answer() }) { asked in
            await #expect(throws: CentrifugoError.badRequest) { try await asked.connect(metadata: ["cookie": " a"]) }
            await #expect(throws: CentrifugoError.badRequest) { try await asked.connect(data: "{") }
            #expect(await asked.upstream.requests.all().isEmpty)
            #expect(asked.outcomes() == ["bad_request": 2])
        }
    }

    @Test(
        "refuses a configuration that cannot work",
        arguments: [
            ("a", []), ("ftp://a", []), ("http://u:p@a/", []), ("http://a/#b", []), ("http://a", ["host"]),
            ("http://a", ["content-type"]), ("http://a", ["x-api-key"]), ("http://a", ["a b"]),
        ]
    )
    func configuration(url: String, forwarded: [String]) {
        var configuration = HTTPConnectHandler.Configuration(url: url, forwardedMetadata: forwarded)
        configuration.headers = ["X-Api-Key": "hunter2"]
        #expect(throws: ProxyServerError.self) { try HTTPConnectHandler.validate(configuration) }
        #expect(!"\(configuration)".contains("hunter2") && !"\(configuration)".contains("://"))
    }
}
#endif
