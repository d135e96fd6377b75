import Logging
import ProtobufWire
import ProxyMessages
import Testing

@testable import CentrifugoProxy

/// The reasons of refused calls in the access log.
@Suite struct RefusalReasonTests {
    /// `reason`, `verdict` and `code` of a call's line.
    private static func line(
        _ event: ProxyEvent,
        _ request: some WireMessage,
        _ service: ProxyService
    ) async throws -> (reason: String?, verdict: String?) {
        let log = LogRecorder()
        var configuration = ProxyServer.Configuration.test()
        configuration.accessLog = AccessLog(logger: log.logger)
        var line: Logger.Metadata?
        try await TestServer.run(service, configuration: configuration) { server async throws in
            let connection = try await server.connect()
            _ = try await connection.answer(to: connection.start(event, request))
            line = await log.next(from: .info)?.metadata
        }
        let metadata = try #require(line)
        let verdict = ["verdict", "code"].compactMap { metadata[$0].map { "\($0)" } }.joined(separator: " ")
        return (metadata["reason"].map { "\($0)" }, verdict)
    }

    private actor Answers: ConnectHandler, RPCHandler {
        private let answer: @Sendable (CallContext) async throws -> ConnectResult

        init(_ answer: @escaping @Sendable (CallContext) async throws -> ConnectResult) {
            self.answer = answer
        }

        func connect(_ request: ConnectRequest, context: CallContext) async throws -> ConnectResult {
            try await answer(context)
        }

        func rpc(_ request: RPCRequest, context: CallContext) async throws -> RPCResult {
            RPCResult(data: .text(String(repeating: "x", count: 5_000_000)))
        }
    }

    private static func topics() throws -> TopicRouter {
        try TopicRouter { topics in
            try topics.register("open", .allow(.anyone))
            try topics.register("users", .allow(.authenticated, publish: .authenticated, maxPublicationSize: 3))
            try topics.register("own-{user}", .allow(.owner()))
            try topics.register("staff", .allow(.roles(["staff"]) { _, _ in [] }))
            try topics.register("either-{user}", .allow(.any(.owner(), .roles(["staff"]) { _, _ in ["guest"] })))
            try topics.register("custom", .allow(TopicAccess(reason: .noMeta) { _, _, _ in false }))
            try topics.register("actor", to: Silent())
        }
    }

    private actor Silent: TopicHandler {}

    @Test(
        "names why a channel is refused",
        arguments: [
            ("nowhere", "no-rule"), ("users", "no-token"), ("own-bob", "not-owner"), ("staff", "role-missing"),
            ("either-bob", "not-owner"), ("custom", "no-meta"), ("actor", "no-rule"), ("open", nil),
        ] as [(String, String?)]
    )
    func channels(channel: String, reason: String?) async throws {
        let topics = try Self.topics()
        let user = channel == "users" ? "" : "alice"
        let service = ProxyService(subscribe: topics, subRefresh: topics)
        let subscribe = try await Self.line(.subscribe, SubscribeRequest(user: user, channel: channel), service)
        #expect(subscribe.reason == reason)
        let refresh = try await Self.line(.subRefresh, SubRefreshRequest(user: user, channel: channel), service)
        #expect(refresh.reason == reason && refresh.verdict == (reason == nil ? "accepted" : "expired"))
    }

    @Test(
        "names why a publication is refused",
        arguments: [("open", "[]", "publish-denied"), ("users", "[10]", "too-large"), ("users", "[1]", nil)]
            as [(String, String, String?)]
    )
    func publications(channel: String, data: String, reason: String?) async throws {
        let topics = try Self.topics()
        let request = PublishRequest(encoding: "json", user: "alice", channel: channel, data: Array(data.utf8))
        let line = try await Self.line(.publish, request, ProxyService(publish: topics))
        #expect(line.reason == reason)
    }

    @Test("names an unknown method, and the reason that a handler sets")
    func handlers() async throws {
        let router = RPCRouter(RPCMethods())
        let unknown = try await Self.line(.rpc, RPCRequest(method: "x"), ProxyService(rpc: router))
        #expect(unknown.reason == "no-rule" && unknown.verdict == "error 404")
        let refusing = Answers { context in
            var copy = context
            copy.attributes = [:]
            copy.refusalReason = .expired
            throw Disconnect.unauthorized
        }
        let own = try await Self.line(.connect, ConnectRequest(), ProxyService(connect: refusing))
        #expect(own.reason == "expired")
        // A call that is accepted after all has no reason.
        let accepting = Answers { context in
            context.refusalReason = .notOwner
            return ConnectResult(user: "alice")
        }
        let accepted = try await Self.line(.connect, ConnectRequest(), ProxyService(connect: accepting))
        #expect(accepted.reason == nil && accepted.verdict == "accepted")
    }

    @Test("names an accepted answer that could not be sent")
    func answer() async throws {
        let large = Answers { _ in ConnectResult() }
        let line = try await Self.line(.rpc, RPCRequest(), ProxyService(rpc: large))
        #expect(line.reason == "too-large" && line.verdict == "failed RESOURCE_EXHAUSTED")
    }

    @Test("keeps the reason of a stream whose metadata is released, and costs a call no memory")
    func slim() {
        var call = CallRecord(
            event: .subscribe,
            metadata: .none,
            peer: Peer(address: "a", certificate: nil),
            deadline: nil
        )
        call.refusalReason = .revoked
        CallRecord.withoutMetadata(&call)
        #expect(call.refusalReason == .revoked)
        for reason in RefusalReason.allCases {
            call.refusalReason = reason
            #expect(call.refusalReason == reason)
        }
        call.refusalReason = nil
        #expect(call.refusalReason == nil)
    }
}
