import Logging
import ProxyMessages
import Testing

@testable import CentrifugoProxy

/// The reasons of refused calls in the access log.
@Suite struct RefusalReasonTests {
    /// The line of a call; `reason` and `outcome` of it.
    private static func line<Request: EventRequest, Answer: EventAnswer>(
        _ event: ProxyEvent,
        _ request: Request,
        ends end: CallEnd = .answered,
        _ handler: @escaping @Sendable (Request, CallContext) async throws -> Answer
    ) async throws -> (reason: String?, outcome: String?) {
        let log = LogRecorder()
        let context = CallContext(event: event)
        _ = try? await AccessLog(logger: log.logger).intercept(request, context: context) { request, context in
            try await handler(request, context)
        }
        for action in context.call.end(end) { await action(end) }
        let metadata = try #require(log.lines(from: .trace).first).metadata
        return (metadata["reason"].map { "\($0)" }, metadata["outcome"].map { "\($0)" })
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
        let subscribe = try await Self.line(.subscribe, SubscribeRequest(user: user, channel: channel)) {
            try await topics.subscribe($0, context: $1)
        }
        #expect(subscribe.reason == reason)
        let refresh = try await Self.line(.subRefresh, SubRefreshRequest(user: user, channel: channel)) {
            try await topics.subRefresh($0, context: $1)
        }
        #expect(refresh.reason == reason && refresh.outcome == (reason == nil ? "accepted" : "expired"))
    }

    @Test(
        "names why a publication is refused",
        arguments: [("open", "[]", "publish-denied"), ("users", "[10]", "too-large"), ("users", "[1]", nil)]
            as [(String, String, String?)]
    )
    func publications(channel: String, data: String, reason: String?) async throws {
        let topics = try Self.topics()
        let request = PublishRequest(encoding: "json", user: "alice", channel: channel, data: Array(data.utf8))
        let line = try await Self.line(.publish, request) { try await topics.publish($0, context: $1) }
        #expect(line.reason == reason)
    }

    @Test("names an unknown method, and the reason that a handler sets")
    func handlers() async throws {
        let router = RPCRouter(RPCMethods())
        let unknown = try await Self.line(.rpc, RPCRequest(method: "x")) { try await router.rpc($0, context: $1) }
        #expect(unknown.reason == "no-rule" && unknown.outcome == "error 404")
        let own = try await Self.line(.connect, ConnectRequest()) { _, context -> ConnectResult in
            var copy = context
            copy.attributes = [:]
            copy.refusalReason = .expired
            throw Disconnect.unauthorized
        }
        #expect(own.reason == "expired")
        // A call that is accepted after all has no reason.
        let accepted = try await Self.line(.connect, ConnectRequest()) { _, context in
            context.refusalReason = .notOwner
            return ConnectResult(user: "alice")
        }
        #expect(accepted.reason == nil && accepted.outcome == "accepted")
    }

    @Test("names an accepted answer that could not be sent")
    func answer() async throws {
        let end = CallEnd.failed(GRPCStatus(.resourceExhausted))
        let line = try await Self.line(.rpc, RPCRequest(), ends: end) { _, _ in RPCResult() }
        #expect(line.reason == "too-large")
        let late = try await Self.line(.rpc, RPCRequest(), ends: .failed(GRPCStatus(.deadlineExceeded))) { _, _ in
            RPCResult()
        }
        #expect(late.reason == nil)
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
