#if Tokens
import CentrifugoProxy
import ProxyTokens
import Testing
import LogTestKit
import TokenTestKit

/// Connections with tokens.
@Suite struct TokenSessionsTests {
    private let clock = SettableClock(at: 1_000)
    private let log = LogLines()
    private let fake = FakeVerifier([
        "good": Token(reference: "ref", user: "alice", roles: ["admin"], expireAt: nil),
        "short": Token(reference: "short-ref", user: "alice", expireAt: 1_100),
        "anonymous": Token(reference: "no-user", user: "", expireAt: nil),
    ])

    private func sessions(_ configuration: TokenSessions.Configuration = .init()) -> TokenSessions {
        TokenSessions(fake, configuration: configuration, clock: clock.unix, logger: log.logger)
    }

    private func connect(
        _ sessions: TokenSessions,
        _ data: String,
        metadata: [(String, String)] = []
    ) async throws -> ConnectResult {
        try await sessions.connect(
            ConnectRequest(encoding: "json", data: [UInt8](data.utf8)),
            context: CallContext(event: .connect, metadata: Metadata(metadata))
        )
    }

    @Test("accepts a valid token, until the session's interval ends")
    func accepts() async throws {
        let result = try await connect(sessions(), #"{"authToken": "good", "other": [1, {}]}"#)
        #expect(
            result == ConnectResult(user: "alice", expireAt: 1_300, meta: #"{"token":"ref"}"#)
        )
    }

    @Test("gives a connection what its token says, unless the configuration says something else")
    func connection() async throws {
        let description = TokenConnection(
            info: .bytes([UInt8](#"{"name":"Alice"}"#.utf8)),
            subscriptions: ["news": SubscribeOptions(override: SubscribeOptionOverride(presence: true))],
            meta: .bytes([UInt8](#"{"tenant":7}"#.utf8))
        )
        let fake = FakeVerifier(["t": Token(reference: "r", user: "alice", expireAt: nil, connection: description)])
        var configuration = TokenSessions.Configuration()
        for isOwn in [false, true] {
            let sessions = TokenSessions(fake, configuration: configuration, clock: clock.unix, logger: log.logger)
            let result = try await connect(sessions, #"{"authToken": "t"}"#)
            #expect(result.info == (isOwn ? .empty : description.info))
            #expect(result.subs == (isOwn ? [:] : description.subscriptions))
            let meta = isOwn ? #"{"token":"r"}"# : #"{"token":"r","tenant":7}"#
            #expect(result.meta.text == meta)
            configuration.info = { _ in .empty }
            configuration.meta = { _ in .empty }
            configuration.subscriptions = { _ in [:] }
        }
    }

    @Test("accepts a token that comes as base64")
    func binary() async throws {
        let request = ConnectRequest(encoding: "binary").with { $0.b64data = "eyJhdXRoVG9rZW4iOiAiZ29vZCJ9" }
        let result = try await sessions().connect(request, context: CallContext(event: .connect))
        #expect(result.user == "alice")
    }

    @Test(
        "refuses invalid tokens with 4500",
        arguments: [
            "", "{}", #"{"authToken": null}"#, #"{"authToken": ""}"#, #"{"authToken": 5}"#, #"{"authToken": "bad"}"#,
            #"{"authToken": "anonymous"}"#, #"{"AUTHTOKEN": "good"}"#, #"{"authToken": ["good"]}"#,
        ]
    )
    func refuses(data: String) async throws {
        await #expect(throws: Disconnect.unauthorized) { try await connect(sessions(), data) }
    }

    @Test("refuses data that is not a JSON object as a bad request", arguments: ["good", "[]", "\"good\"", "{", "5"])
    func noObject(data: String) async throws {
        await #expect(throws: PayloadError.self) { try await connect(sessions(), data) }
    }

    @Test("takes the token from another key")
    func dataKey() async throws {
        var configuration = TokenSessions.Configuration()
        configuration.dataKey = "t"
        #expect(try await connect(sessions(configuration), #"{"t": "good"}"#).user == "alice")
        await #expect(throws: Disconnect.unauthorized) {
            try await connect(sessions(configuration), #"{"authToken": "good"}"#)
        }
    }

    @Test(
        "takes the token from metadata, if configured and the data has none",
        arguments: [
            ("", ["Bearer good"], true), ("{}", ["bearer  good"], true), (#"{"authToken": "good"}"#, ["x"], true),
            (#"{"authToken": "bad"}"#, ["Bearer good"], false), ("", ["good"], false), ("", ["Bearer "], false),
            ("", ["Basic good"], false), ("", ["Bearer good", "Bearer good"], false), ("", [], false),
        ]
    )
    func metadata(data: String, values: [String], isValid: Bool) async throws {
        var configuration = TokenSessions.Configuration()
        configuration.metadataKey = "Authorization"
        let metadata = values.map { ("authorization", $0) }
        let result = try? await connect(sessions(configuration), data, metadata: metadata)
        #expect((result?.user == "alice") == isValid)
        if data.isEmpty {
            await #expect(throws: Disconnect.unauthorized) { try await connect(sessions(), data, metadata: metadata) }
        }
    }

    @Test("accepts clients without a token only if configured, never those with a bad one")
    func anonymous() async throws {
        var configuration = TokenSessions.Configuration()
        configuration.anonymous = { request in ConnectResult(channels: ["public"] + request.channels) }
        let sessions = sessions(configuration)
        #expect(try await connect(sessions, "") == ConnectResult(channels: ["public"]))
        #expect(try await connect(sessions, "{}") == ConnectResult(channels: ["public"]))
        await #expect(throws: Disconnect.unauthorized) { try await connect(sessions, #"{"authToken": "bad"}"#) }
    }

    @Test("never refuses for good because the verifier does not answer")
    func outage() async throws {
        fake.fails = true
        await #expect(throws: FakeVerifier.Outage.self) { try await connect(sessions(), #"{"authToken": "good"}"#) }
    }

    @Test(
        "ends with the token, and treats one that ends about now as expired",
        arguments: [
            (799, 1_099), (800, 1_100), (1_000, 1_100), (1_098, 1_100), (1_099, nil), (1_100, nil), (2_000, nil),
        ]
            as [(Int64, Int64?)]
    )
    func tokenEnd(now: Int64, expected: Int64?) async throws {
        clock.now = now
        let result = try? await connect(sessions(), #"{"authToken": "short"}"#)
        #expect(result?.expireAt == expected)
    }

    @Test(
        "keeps to intervals that Centrifugo takes",
        arguments: [(.zero, 2), (.seconds(-5), 2), (.milliseconds(9_500), 10), (.seconds(Int64.max), 365 * 86_400)]
            as [(Duration, Int64)]
    )
    func intervals(interval: Duration, expected: Int64) async throws {
        var configuration = TokenSessions.Configuration()
        configuration.sessionInterval = interval
        #expect(try await connect(sessions(configuration), #"{"authToken": "good"}"#).expireAt == 1_000 + expected)
    }

    @Test("adds what closures return for the token")
    func closures() async throws {
        var configuration = TokenSessions.Configuration()
        configuration.info = { try .json(["name": $0.user]) }
        configuration.data = { try .json($0.roles) }
        configuration.subscriptions = { ["user-\($0.user)": SubscribeOptions(cacheRecover: true)] }
        let result = try await connect(sessions(configuration), #"{"authToken": "good"}"#)
        #expect(result.info.text == #"{"name":"alice"}"#)
        #expect(result.data.text == #"["admin"]"#)
        #expect(result.subs == ["user-alice": SubscribeOptions(cacheRecover: true)])
    }

    @Test(
        "adds the reference to the application's meta, which stays as it is",
        arguments: [
            ("", #"{"token":"ref"}"#), ("{}", #"{"token":"ref"}"#), (" { } ", #"{"token":"ref"}"#),
            (
                #" {"n": 12345678901234567890, "token2": {}} "#,
                #"{"token":"ref","n": 12345678901234567890, "token2": {}} "#
            ),
        ]
    )
    func meta(own: String, expected: String) async throws {
        var configuration = TokenSessions.Configuration()
        configuration.meta = { _ in .text(own) }
        let result = try await connect(sessions(configuration), #"{"authToken": "good"}"#)
        #expect(result.meta.text == expected)
    }

    @Test("fails when the application's meta cannot be sent", arguments: ["[]", "text", #"{"token": 1}"#, #"{"a": 1"#])
    func badMeta(own: String) async throws {
        var configuration = TokenSessions.Configuration()
        configuration.meta = { _ in .text(own) }
        await #expect(throws: ConnectionMetaError.self) {
            try await connect(sessions(configuration), #"{"authToken": "good"}"#)
        }
    }

    @Test("never logs a token")
    func silent() async throws {
        let sessions = sessions()
        _ = try await connect(sessions, #"{"authToken": "good"}"#)
        _ = try? await connect(sessions, #"{"authToken": "hunter2"}"#)
        #expect(log.all().isEmpty)
    }
}
#endif
