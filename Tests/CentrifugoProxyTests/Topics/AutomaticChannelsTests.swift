import CentrifugoProxy
import Foundation
import Logging
import Testing

@Suite(.timeLimit(.minutes(1))) struct AutomaticChannelsTests {
    private static func channels(log: LogRecorder = LogRecorder()) throws -> AutomaticChannels {
        var automatic = AutomaticChannels(logger: log.logger)
        try automatic.add("public")
        try automatic.add("user-{user}", options: SubscribeOptions(info: .text("own"), cacheRecover: true))
        try automatic.add("staff", roles: ["staff", "admin"])
        try automatic.add("team:{team:[a-z]+}[.{desk}]")
        return automatic
    }

    @Test(
        "makes the channels of a user from roles and claims",
        arguments: [
            ("", [], [:], ["public"]),
            ("", [], ["user": "alice"], ["public"]),
            ("alice", [], [:], ["public", "user-alice"]),
            ("alice", ["guest"], ["user": "bob", "x": "y"], ["public", "user-alice"]),
            ("alice", ["admin"], [:], ["public", "user-alice", "staff"]),
            ("alice", [], ["team": "blue"], ["public", "user-alice", "team:blue"]),
            ("alice", [], ["team": "blue", "desk": ""], ["public", "user-alice", "team:blue"]),
            ("alice", [], ["team": ""], ["public", "user-alice"]),
            ("alice", [], ["desk": "7"], ["public", "user-alice"]),
        ] as [(String, Set<String>, [String: String], Set<String>)]
    )
    func channels(user: String, roles: Set<String>, claims: [String: String], expected: Set<String>) throws {
        let log = LogRecorder()
        let made = try Self.channels(log: log).subscriptions(user: user, roles: roles, claims: claims)
        #expect(Set(made.keys) == expected)
        #expect(log.lines().isEmpty)
    }

    @Test("gives each channel its options, and an expiry after its lifetime")
    func options() throws {
        var automatic = try Self.channels()
        try automatic.add("timed", options: SubscribeOptions(expireAt: 1), lifetime: .seconds(60))
        try automatic.add("[x{y}]timed", options: SubscribeOptions(expireAt: 2))
        let before = Int64(Date().timeIntervalSince1970)
        let made = automatic.subscriptions(user: "alice")
        #expect(made["user-alice"] == SubscribeOptions(info: .text("own"), cacheRecover: true))
        #expect(made["public"] == SubscribeOptions(expireAt: 0))
        #expect(before + 60...Int64(Date().timeIntervalSince1970) + 61 ~= made["timed"]?.expireAt ?? 0)
    }

    @Test(
        "omits a channel that a value would change, and logs that once per pattern",
        arguments: [
            "a.b", "a:b", "a#7", "a,b", "a/b", "a\0", "a\n", "é", "\u{202E}a", String(repeating: "a", count: 251),
            String(repeating: "a", count: 100_000),
        ]
    )
    func hostileUsers(user: String) throws {
        let log = LogRecorder()
        let automatic = try Self.channels(log: log)
        for _ in 0..<3 { #expect(Set(automatic.subscriptions(user: user).keys) == ["public"]) }
        let lines = log.lines()
        #expect(lines.count == 1)
        #expect(lines.first?.metadata["pattern"] == "user-{user}")
        // Another pattern has a line of its own, copies of the value share theirs, and no line contains users' ids.
        let copy = automatic
        _ = copy.subscriptions(user: user, claims: ["team": "A"])
        _ = copy.subscriptions(user: user, claims: ["team": "A"])
        #expect(log.lines().map(\.metadata["pattern"]) == ["user-{user}", "team:{team:[a-z]+}[.{desk}]"])
        #expect(log.lines().allSatisfy { !"\($0)".contains(user) })
    }

    @Test("returns the options of one channel for a connecting user, and of no other", arguments: ["", "alice", "a.b"])
    func single(user: String) throws {
        let log = LogRecorder()
        var automatic = try Self.channels(log: log)
        try automatic.add("timed", lifetime: .seconds(60))
        try automatic.add("public", options: SubscribeOptions(expireAt: 7), roles: ["staff"])
        for roles in [[], ["staff"], ["guest", "admin"]] {
            for claims in [[:], ["team": "blue"], ["team": "blue", "desk": "7"], ["team": "A"]] {
                let all = automatic.subscriptions(user: user, roles: Set(roles), claims: claims)
                let asked = [
                    "public", "user-alice", "user-bob", "user-a.b", "staff", "team:blue", "team:blue.7", "team:A",
                    "timed",
                    "else", "",
                ]
                for channel in asked {
                    let one = automatic.subscription(to: channel, user: user, roles: roles, claims: claims)
                    #expect((one == nil) == (all[channel] == nil), "\(channel)")
                    #expect((one?.expireAt ?? 0 > 0) == (all[channel]?.expireAt ?? 0 > 0))
                    #expect(one?.info == all[channel]?.info)
                }
            }
        }
    }

    @Test("checks patterns as they are added")
    func invalid() throws {
        var automatic = try Self.channels()
        #expect(throws: TopicError.self) { try automatic.add("user-{user") }
        #expect(throws: TopicError.self) { try automatic.add("public") }
        try automatic.add("public", roles: ["staff"])
        #expect(automatic.patterns.count == 5)
    }

    @Test("subscribes a client that connects")
    func connect() async throws {
        actor Sessions: ConnectHandler {
            let automatic: AutomaticChannels

            init(_ automatic: AutomaticChannels) {
                self.automatic = automatic
            }

            func connect(_ request: ConnectRequest, context: CallContext) async throws -> ConnectResult {
                ConnectResult(user: request.name, subs: automatic.subscriptions(user: request.name))
            }
        }
        try await TestServer.run(ProxyService(connect: Sessions(try Self.channels()))) { server in
            let peer = try await server.connect()
            let answer: ConnectResponse = try await peer.call(.connect, ConnectRequest(encoding: "json", name: "alice"))
            let info = SubscribeOptions(info: .bytes(Array(#""own""#.utf8)), cacheRecover: true)
            #expect(answer.result?.subs == ["public": SubscribeOptions(expireAt: 0), "user-alice": info])
        }
    }
}
