import CentrifugoProxy
import Testing

@testable import ProxyPolicy

@Suite struct PolicyBackendTests {
    private static let policy = """
        connect: {anonymous: true}
        topics:
          - {pattern: public, who: anyone}
          - {pattern: "chat:{room}", who: authenticated, publish: authenticated}
          - {pattern: "staff:{x}", who: {roles: [editor]}}
        rpc: {ping: true}
        """

    private static func answer(
        _ event: ProxyEvent,
        _ change: (inout PolicyBackend.Call) -> Void
    ) async throws -> PolicyAnswer {
        var call = PolicyBackend.Call(event)
        change(&call)
        return try await PolicyBackend(try Policy(yaml: policy, name: "test"), file: "test").answer(to: call)
    }

    @Test("accepts the users that the policy accepts")
    func connect() async throws {
        let answer = try await Self.answer(.connect) { _ in }
        #expect(answer.outcome == .accepted && answer.user?.isEmpty == true)
    }

    @Test(
        "answers as the server would, with the rule and the reason",
        arguments: [
            ("public", "", "", .accepted, "The topic public decides: who is anyone", nil),
            ("chat:1", "", "", .error(403), "The topic chat:{room} decides: who is authenticated", .noToken),
            ("chat:1", "u", "", .accepted, "The topic chat:{room} decides: who is authenticated", nil),
            ("staff:1", "u", "", .error(403), "The topic staff:{x} decides: who is {roles: [editor]}", .noMeta),
            (
                "staff:1", "u", #"{"roles":[]}"#, .error(403), "The topic staff:{x} decides: who is {roles: [editor]}",
                .roleMissing
            ),
            (
                "staff:1", "u", #"{"roles":["editor"]}"#, .accepted,
                "The topic staff:{x} decides: who is {roles: [editor]}", nil
            ),
            ("other", "u", "", .error(403), "No topic of the policy is for other", .noRule),
        ] as [(String, String, String, PolicyAnswer.Outcome, String, RefusalReason?)]
    )
    func subscribe(
        channel: String,
        user: String,
        meta: String,
        outcome: PolicyAnswer.Outcome,
        rule: String,
        reason: RefusalReason?
    ) async throws {
        let answer = try await Self.answer(.subscribe) { call in
            call.subject = channel
            call.user = user
            call.meta = .text(meta)
        }
        #expect(answer.outcome == outcome && answer.rule == rule && answer.reason == reason)
    }

    @Test("has no answer to an event without rules")
    func unhandled() async throws {
        let answer = try await Self.answer(.subRefresh) { $0.subject = "public" }
        #expect(answer.outcome == .failed("unimplemented") || answer.outcome == .expired)
        #expect(try await Self.answer(.rpc) { $0.subject = "ping" }.outcome == .accepted)
        #expect(try await Self.answer(.rpc) { $0.subject = "pong" }.outcome == .error(404))
    }

    #if HTTPBridge
    @Test("says that an HTTP server decides about connections, and does not ask it")
    func askedElsewhere() async throws {
        let yaml = "connect: {http: {url: \"http://127.0.0.1:1/connect?key=hunter2\"}}"
        let backend = PolicyBackend(try Policy(yaml: yaml, name: "test"), file: "test")
        let answer = try await backend.answer(to: PolicyBackend.Call(.connect))
        #expect(answer.outcome == .notAsked)
        #expect(answer.rule == "connect.http sends POST http://127.0.0.1:1/connect, which is not asked here")
        let refreshed = try await backend.answer(to: PolicyBackend.Call(.refresh))
        #expect(refreshed.outcome == .expired && refreshed.rule?.hasPrefix("connect.http ends") == true)
    }

    @Test("shows what the bridge would send, and sends nothing")
    func bridge() async throws {
        let yaml = """
            rpc: {http: {base_url: "http://127.0.0.1:1/api", allow: ["get:users/*"]}}
            """
        let backend = PolicyBackend(try Policy(yaml: yaml, name: "test"), file: "test")
        var call = PolicyBackend.Call(.rpc)
        call.subject = "get:users/1"
        let allowed = try await backend.answer(to: call)
        #expect(allowed.outcome == .notAsked)
        #expect(allowed.rule?.contains("by get:users/* and sends GET http://127.0.0.1:1/api/users/1") == true)
        call.subject = "get:other"
        #expect(try await backend.answer(to: call).outcome == .error(404))
    }
    #endif
}
