import CentrifugoProxy
import EventCaller
import Foundation
import Logging
import ProtobufWire
import ProxyMessages
import Testing

@testable import ProxyPolicy

#if SQLite
import ProxyTokens
#endif

extension Logger {
    static let silent = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
}

/// The answers of a policy's rules.
@Suite struct PolicyServiceTests {
    private static func call<Result: ReplyResult>(
        _ event: ProxyEvent,
        _ request: some WireMessage,
        of service: ProxyService
    ) async throws -> Reply<Result> {
        let call = try await JoinedCall.open(event, of: service, message: request.wireBytes(), logger: .silent)
        return try Reply(wireBytes: try await call.answer())
    }

    private static func policy(_ yaml: String) async throws -> PolicyService {
        try await PolicyService(Policy(yaml: yaml, name: "test"), file: nil, logger: .silent)
    }

    @Test("decides by the topics' rules")
    func topics() async throws {
        let rules = try await Self.policy(
            """
            topics:
              - {pattern: news, who: anyone}
              - {pattern: "user-{user}", who: owner, lifetime: 10min}
              - {pattern: "chat.{room}", who: authenticated, publish: true, size: 8}
              - {pattern: staff, who: {roles: [staff]}, publish: {roles: [boss]}}
            """
        )
        let staff: Payload = #"{"roles":["staff"]}"#
        let rows: [(String, user: String, meta: Payload, Bool)] = [
            ("news", "", "", true), ("user-a", "a", "", true), ("user-a", "b", "", false), ("chat.x", "a", "", true),
            ("chat.x", "", "", false), ("staff", "a", staff, true), ("staff", "a", "", false),
            ("else", "a", staff, false),
        ]
        for (channel, user, meta, isAllowed) in rows {
            let response: SubscribeResponse = try await Self.call(
                .subscribe,
                SubscribeRequest(user: user, channel: channel, meta: meta),
                of: rules.service
            )
            #expect((response.result != nil) == isAllowed, "\(channel) \(user)")
            if channel == "user-a", isAllowed { #expect(response.result.map { $0.expireAt > 0 } == true) }
        }
        for (channel, data, code) in [("chat.x", "12345678", nil), ("chat.x", "123456789", 413), ("staff", "1", 403)] {
            let request = PublishRequest(user: "a", channel: channel, data: Array(data.utf8), meta: staff)
            let response: PublishResponse = try await Self.call(.publish, request, of: rules.service)
            #expect(response.error?.code == code.map { UInt32($0) })
        }
    }

    @Test("accepts anonymous users if it says so")
    func anonymous() async throws {
        let rules = try await Self.policy("connect: {anonymous: true, channels: [public, \"user-{user}\"]}")
        let response: ConnectResponse = try await Self.call(.connect, ConnectRequest(), of: rules.service)
        #expect(response.result?.user == "" && response.result.map { Array($0.subs.keys) } == ["public"])
        let refreshed: RefreshResponse = try await Self.call(.refresh, RefreshRequest(), of: rules.service)
        #expect(refreshed.result == .expired)
    }

    @Test("answers ping, and no method that it does not name")
    func rpc() async throws {
        let rules = try await Self.policy("rpc: {ping: true}")
        let pong: RPCResponse = try await Self.call(.rpc, RPCRequest(method: "ping"), of: rules.service)
        #expect(pong.result?.data == #"{"pong":true}"#)
        let other: RPCResponse = try await Self.call(.rpc, RPCRequest(method: "other"), of: rules.service)
        #expect(other.error == .notFound)
    }

    @Test("serves the events that it has rules for, and refuses the others")
    func events() async throws {
        let rules = try await Self.policy("rpc: {ping: true}")
        #expect(rules.service.handledEvents == [.rpc])
        let connect: ConnectResponse = try await Self.call(.connect, ConnectRequest(), of: rules.service)
        #expect(connect.disconnect == .noHandler)
    }

    @Test("puts new rules in force, and keeps the old ones when the new file is bad")
    func reload() async throws {
        let file = FileManager.default.temporaryDirectory.appending(path: "policy-\(UUID().uuidString).yaml").path
        defer { try? FileManager.default.removeItem(atPath: file) }
        func write(_ text: String) throws { try text.write(toFile: file, atomically: true, encoding: .utf8) }
        try write("topics: [{pattern: a, who: anyone}]")
        let rules = try await PolicyService(Policy(file: file), file: file, logger: .silent)
        func isAllowed(_ channel: String) async throws -> Bool {
            let request = SubscribeRequest(channel: channel)
            let response: SubscribeResponse = try await Self.call(.subscribe, request, of: rules.service)
            return response.result != nil
        }
        #expect(try await isAllowed("a") == true)
        try write("topics: [{pattern: b, who: anyone}]")
        await rules.reload()
        #expect(try await isAllowed("a") == false)
        #expect(try await isAllowed("b") == true)
        for bad in ["topics: [{pattern: \"{\", who: anyone}]", "topcs: []", "a: ["] {
            try write(bad)
            await rules.reload()
            #expect(try await isAllowed("b") == true)
        }
    }
    @Test("decides by exactly the roles of the rules and of the connection's meta")
    func exactRoles() async throws {
        let rules = try await Self.policy("topics: [{pattern: staff, who: {roles: [\"ren\u{E9}\"]}}]")
        for (roles, isAllowed) in [
            (["ren\u{E9}"], true), (["rene\u{301}"], false), (["rene\u{301}", "ren\u{E9}"], true),
        ] {
            let meta = try Payload.json(["roles": roles])
            let request = SubscribeRequest(user: "a", channel: "staff", meta: meta)
            let response: SubscribeResponse = try await Self.call(.subscribe, request, of: rules.service)
            #expect((response.result != nil) == isAllowed, "\(roles.map { Array($0.utf8) })")
        }
    }

    /// Whether a subscription continues, and until when: 0 means for ever.
    private static func refreshed(
        _ channel: String,
        user: String = "",
        roles: [String] = [],
        by rules: PolicyService
    ) async throws -> Int64? {
        let meta = roles.isEmpty ? Payload.empty : try .json(["roles": roles])
        let request = SubRefreshRequest(user: user, channel: channel, meta: meta)
        let response: SubRefreshResponse = try await call(.subRefresh, request, of: rules.service)
        return response.result.flatMap { $0.isExpiry ? nil : $0.expireAt }
    }

    @Test("goes on with a channel of connect.channels while its own rule would give it, whatever topics has")
    func automaticRefresh() async throws {
        let channels = """
            connect:
              anonymous: true
              channels:
                - {pattern: news, lifetime: 1h}
                - {pattern: "user-{user}", lifetime: 1h}
                - {pattern: staff, roles: [staff], lifetime: 1h}
                - {pattern: both, lifetime: 2h}
                - {pattern: longer, lifetime: 1h}
            """
        let topics = """

            topics:
              - {pattern: both, who: authenticated, lifetime: 1h}
              - {pattern: longer, who: anyone}
              - {pattern: staff, who: nobody}
              - {pattern: topic, who: authenticated, lifetime: 1h}
            """
        let hour = Int64(Date().timeIntervalSince1970) + 3_600
        for (yaml, hasTopics) in [(channels, false), (channels + topics, true)] {
            let rules = try await Self.policy(yaml)
            for (channel, user, roles, goesOn) in [
                ("news", "", [], true), ("news", "a", [], true), ("user-a", "a", [], true), ("user-a", "b", [], false),
                ("user-", "", [], false), ("staff", "a", ["staff"], true), ("staff", "a", ["guest"], false),
                ("staff", "a", [], false), ("both", "", [], true), ("both", "a", [], true), ("longer", "a", [], true),
                ("topic", "a", [], hasTopics), ("topic", "", [], false), ("else", "a", ["staff"], false),
            ] {
                let until = try await Self.refreshed(channel, user: user, roles: roles, by: rules)
                #expect((until != nil) == goesOn, "\(channel) \(user) \(roles) \(hasTopics)")
                // It is checked again, by the rule with the earlier expiry.
                let isLate = channel == "both" && !(hasTopics && user == "a")
                if let until {
                    #expect(hour + (isLate ? 3_600 : 0)...hour + (isLate ? 3_660 : 60) ~= until, "\(channel)")
                }
            }
        }
    }

    @Test("ends a channel of connect.channels with the rule that gave it")
    func automaticEnd() async throws {
        let rules = try await Self.policy("connect: {anonymous: true, channels: [{pattern: a, lifetime: 1h}]}")
        #expect(try await Self.refreshed("a", user: "u", by: rules) != nil)
        let others = [
            "connect: {anonymous: true, channels: [{pattern: b, lifetime: 1h}]}",
            "connect: {anonymous: true, channels: [{pattern: a, roles: [staff], lifetime: 1h}, {pattern: c, lifetime: 1h}]}",
            "topics: [{pattern: c, who: anyone, lifetime: 1h}]",
        ]
        for yaml in others {
            let other = try await Self.policy(yaml)
            #expect(try await Self.refreshed("a", user: "u", by: other) == nil, "\(yaml)")
        }
    }

    #if SQLite
    @Test(
        "ends a channel of connect.channels with the token, and gives anonymous users nothing that they would not get"
    )
    func automaticTokens() async throws {
        let file = FileManager.default.temporaryDirectory.appending(path: "policy-\(UUID().uuidString).sqlite").path
        defer { for end in ["", "-wal", "-shm"] { try? FileManager.default.removeItem(atPath: file + end) } }
        let yaml = "tokens: {sqlite: {file: \(file)}}\nconnect: {channels: [{pattern: a, lifetime: 1h}]}"
        let policy = try Policy(yaml: yaml, name: "p")
        let rules = try await PolicyService(policy, file: nil, logger: .silent)
        let storage = try #require(try policy.makeStorage(logger: .silent))
        let token = try await storage.create(user: "alice", expiresIn: nil)
        let data = try Payload.json(["authToken": token.secret.text]).bytes
        let connect = ConnectRequest(encoding: "json", data: data)
        let connected: ConnectResponse = try await Self.call(.connect, connect, of: rules.service)
        let meta = try #require(connected.result?.meta)
        let request = SubRefreshRequest(user: "alice", channel: "a", meta: meta)
        let going: SubRefreshResponse = try await Self.call(.subRefresh, request, of: rules.service)
        #expect(going.result.map { !$0.isExpiry && $0.expireAt > 0 } == true)
        #expect(try await Self.refreshed("a", by: rules) == nil)
        #expect(try await Self.refreshed("a", user: "alice", by: rules) == nil)
        try await storage.delete(reference: token.token.reference)
        let ended: SubRefreshResponse = try await Self.call(.subRefresh, request, of: rules.service)
        #expect(ended.result?.isExpiry == true)
    }

    @Test("takes another storage when a text of the new rules differs in its bytes only")
    func exactReload() async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "policy-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: false)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let file = folder + "/policy.yaml"
        var rules: PolicyService?
        for user in ["ren\u{E9}", "rene\u{301}"] {
            let yaml = "{tokens: {sqlite: {file: \"\(folder)/\(user).sqlite\"}}, connect: {}}"
            try yaml.write(toFile: file, atomically: true, encoding: .utf8)
            let policy = try Policy(file: file)
            let storage = try #require(try policy.makeStorage(logger: .silent))
            let secret = try await storage.create(user: user, expiresIn: nil).secret.text
            await rules?.reload()
            if rules == nil { rules = try await PolicyService(policy, file: file, logger: .silent) }
            let data = try Payload.json(["authToken": secret]).bytes
            let request = ConnectRequest(encoding: "json", data: data)
            let response: ConnectResponse = try await Self.call(.connect, request, of: #require(rules).service)
            #expect(response.result.map { Array($0.user.utf8) } == Array(user.utf8))
        }
    }
    #endif
}
