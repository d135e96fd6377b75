import CentrifugoProxy
import HTTP2FrameKit
import Logging
import Metrics
import MetricsTestKit
import Testing

@Suite(.timeLimit(.minutes(1))) struct SharedSecretTests {
    private static let key = "x-centrifugo"

    private static func run(
        _ values: [String] = ["new secret", "old"],
        log: LogRecorder = LogRecorder(),
        _ body: (RawConnection) async throws -> Void
    ) async throws {
        var configuration = ProxyServer.Configuration.test()
        configuration.sharedSecret = try SharedSecret(metadataKey: "X-Centrifugo", values: values)
        try await TestServer.run(ProxyService(rpc: Commands()), configuration: configuration, log: log) { server in
            try await body(server.connect())
        }
    }

    private static func status(of connection: RawConnection, sending values: [String]) async throws -> String? {
        try await status(of: connection, sending: values.map { Array($0.utf8) })
    }

    private static func status(of connection: RawConnection, sending values: [[UInt8]]) async throws -> String? {
        let id = connection.start(
            body: lengthPrefixed(RPCRequest(method: "echo").wireBytes()),
            adding: values.map { Field(Array(key.utf8), $0) }
        )
        return try await connection.answer(to: id).grpcStatus
    }

    @Test("accepts calls with any of the accepted values", arguments: ["new secret", "old"])
    func accepted(value: String) async throws {
        try await Self.run { connection in
            try await #expect(Self.status(of: connection, sending: [value]) == "0")
        }
    }

    /// Hostile input: two-credentials.
    @Test(
        "refuses calls with no value, a wrong one, or more than one, and serves the next call",
        arguments: [
            [], [""], ["ol"], ["oldold"], ["OLD"], ["new secret,old"], ["old", "old"], ["old", "new secret"],
            ["wrong", "old"], ["old", ""],
        ]
    )
    func refused(values: [String]) async throws {
        try await Self.run { connection in
            try await #expect(Self.status(of: connection, sending: values) == "16")
            try await #expect(Self.status(of: connection, sending: ["old"]) == "0")
        }
    }

    /// Hostile input: metadata-not-utf8, two-credentials.
    @Test(
        "counts a value that is not UTF-8, alone and together with a right one",
        arguments: [
            [[0xFF]], [Array("old".utf8) + [0xFF]], [Array("old".utf8), [0xFF]], [[0xFF], Array("old".utf8)],
            [[0xC0], [0xFF]],
        ] as [[[UInt8]]]
    )
    func refusedBytes(values: [[UInt8]]) async throws {
        try await Self.run { connection in
            try await #expect(Self.status(of: connection, sending: values) == "16")
            try await #expect(Self.status(of: connection, sending: ["old"]) == "0")
        }
    }

    @Test("refuses a stream, and a call whose message has not arrived")
    func refusedEarly() async throws {
        try await Self.run { connection in
            for event in [ProxyEvent.subscribeBidirectional, .rpc] {
                let id = connection.newStreamID()
                connection.send(.headers(id, RawConnection.head(event.path)))
                let answer = try await connection.answer(to: id)
                #expect(answer.grpcStatus == "16")
            }
        }
    }

    @Test("is replaced while it serves: on open connections, for header lists that came before, and never by none")
    func replaced() async throws {
        var configuration = ProxyServer.Configuration.test()
        configuration.sharedSecret = try SharedSecret(metadataKey: Self.key, values: ["old"])
        try await TestServer.run(ProxyService(rpc: Commands()), configuration: configuration) { server in
            let connection = try await server.connect()
            for _ in 0..<3 { try await #expect(Self.status(of: connection, sending: ["old"]) == "0") }
            for (values, accepted, refused) in [
                (["new"], "new", "old"), (["new", "old"], "old", "other"), (["old"], "old", "new"),
            ] {
                let secret = try SharedSecret(metadataKey: Self.key, values: values)
                #expect(server.proxy.replaceSharedSecret(by: secret))
                for _ in 0..<3 {
                    try await #expect(Self.status(of: connection, sending: [refused]) == "16")
                    try await #expect(Self.status(of: connection, sending: [accepted]) == "0")
                }
                try await #expect(Self.status(of: connection, sending: [String]()) == "16")
            }
        }
    }

    @Test("cannot be added to a server that was made without one")
    func later() async throws {
        try await TestServer.run(ProxyService(rpc: Commands()), configuration: .test()) { server in
            let secret = try SharedSecret(metadataKey: Self.key, values: ["v"])
            #expect(!server.proxy.replaceSharedSecret(by: secret))
        }
    }

    @Test("counts the calls it refuses")
    func counts() async throws {
        let metrics = TestMetrics()
        try await withMetricsFactory(metrics) {
            try await Self.run { connection in
                for value in ["old", "wrong", "old", "wrong"] {
                    _ = try await Self.status(of: connection, sending: [value])
                }
            }
        }
        #expect(metrics.counterTotal(label: "centrifugo_proxy_unauthenticated_calls") == 2)
    }

    @Test("neither logs nor answers a value")
    func silent() async throws {
        let log = LogRecorder()
        try await Self.run(["hunter2-secret"], log: log) { connection in
            try await #expect(Self.status(of: connection, sending: ["hunter2-guess"]) == "16")
            #expect(connection.history.allSatisfy { !"\($0)".contains("hunter2") })
        }
        let lines = log.lines(from: .trace)
        #expect(lines.contains { $0.message.contains("credentials_key") })
        #expect(lines.allSatisfy { !"\($0)".contains("hunter2") })
    }

    @Test("shows its key only")
    func description() throws {
        let secret = try SharedSecret(metadataKey: Self.key, values: ["hunter2"])
        var dumped = ""
        dump(secret, to: &dumped)
        #expect("\(secret)" == "SharedSecret(x-centrifugo, 1 values)")
        #expect(!"\(secret) \(String(reflecting: secret)) \(dumped)".contains("hunter2"))
    }

    @Test(
        "rejects values that no peer could send, or every peer could",
        arguments: [
            ("", ["v"]), ("a b", ["v"]), ("ключ", ["v"]), ("grpc-secret", ["v"]), ("secret-bin", ["v"]), ("te", ["v"]),
            ("User-Agent", ["v"]), ("key", []), ("key", [""]), ("key", ["v", ""]), ("key", [" v"]), ("key", ["v\n"]),
            ("key", ["пароль"]),
        ]
    )
    func invalid(key: String, values: [String]) {
        let error = #expect(throws: ProxyServerError.self) {
            try SharedSecret(metadataKey: key, values: values)
        }
        #expect(error?.code == .invalidConfiguration)
    }
}
