import CentrifugoProxy
import CentrifugoProxyTesting
import GRPCCall
import Logging
import ProxyMessages
import Testing

@testable import recipes

#if Tokens
import ProxyTokens
#endif

/// The programs of the documentation's pages, without a server.
@Suite struct RecipesTests {
    private static let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

    @Test("accepts everybody, and refuses what it does not serve")
    func acceptingAll() async throws {
        let client = TestClient(try acceptAll())
        #expect(try await client.connect().result?.data == #""welcome""#)
        let subscribed = try await client.subscribe(to: "any")
        #expect(subscribed == SubscribeResponse(result: SubscribeResult()))
        let published = try await client.publish("1", to: "any")
        #expect(published == PublishResponse(result: PublishResult()))
        #expect(try await client.rpc("any").error == .notFound)
    }

    @Test("subscribes clients when they connect")
    func automaticChannels() async throws {
        let service = try channels(logger: Self.logger)
        #expect(try await TestClient(service).connect().result.map { Array($0.subs.keys) } == ["public"])
        let alice = try await TestClient(service, metadata: ["x-user": "alice"]).connect().result
        #expect(alice?.user == "alice")
        #expect(alice?.subs.keys.sorted() == ["public", "team.swift", "user-alice"])
        #expect(alice?.subs["user-alice"]?.data == #""only you read this""#)
        let evil = try await TestClient(service, metadata: ["x-user": "a.b"]).connect().result
        #expect(evil?.subs.keys.sorted() == ["public", "team.swift"])
    }

    @Test("answers methods of its own, and no others")
    func methods() async throws {
        let client = TestClient(try pingPong())
        #expect(try await client.rpc("ping").result?.data == #"{"pong":true}"#)
        #expect(try await client.rpc("math:sum", data: #"{"numbers":[1,2,3]}"#).result?.data == #"{"sum":6}"#)
        #expect(try await client.rpc("math:sum", data: #"{"numbers":"many"}"#).error == .badRequest)
        #expect(try await client.rpc("sum").error == .notFound)
        #expect(try await client.rpc("math:square:12").result?.data == #"{"square":144}"#)
        #expect(try await client.rpc("math:square:9999999999").error == .badRequest)
        #expect(try await client.rpc("math:echo", data: "[1, 2]").result?.data == "[1, 2]")
        #expect(try await client.rpc("math:echo", data: "[1").error == .badRequest)
    }

    @Test("checks what is published")
    func publishing() async throws {
        let service = publishCheck()
        func publish(
            _ data: String,
            user: String = "alice",
            channel: String = "chat.swift"
        ) async throws -> PublishResponse {
            try await TestClient(service, user: user).publish(data, to: channel)
        }
        let line = try await publish(#"{"text":"hi","from":"bob"}"#).result?.data.decode(Line.self)
        #expect(line?.text == "hi" && line?.from == "alice")
        #expect(try await publish(#"{"text":"\#(String(repeating: "x", count: 501))"}"#).error?.code == 413)
        #expect(try await publish("{}").error == .badRequest)
        #expect(try await publish("{}", user: "").error == .permissionDenied)
        #expect(try await publish("{}", channel: "news").error == .permissionDenied)
    }

    @Test("extends and ends sessions")
    func refreshing() async throws {
        let service = try refresh()
        #expect(try await TestClient(service).connect().disconnect == .unauthorized)
        #expect(try await TestClient(service, metadata: ["x-user": "alice"]).connect().result?.user == "alice")
        for (user, isMember) in [("alice", true), ("mallory", false)] {
            let session = try await TestClient(service, user: user).refresh()
            #expect(session.result.map { $0.expired == !isMember && ($0.expireAt > 0) == isMember } == true)
            let sub = try await TestClient(service, user: user).subRefresh("any")
            #expect(sub.result.map { $0.expired == !isMember && ($0.expireAt > 0) == isMember } == true)
        }
    }

    @Test("decides by topic")
    func deciding() async throws {
        let service = try topics()
        let rows: [(channel: String, user: String, isAllowed: Bool)] = [
            ("public", "", true), ("user-alice", "alice", true), ("user-alice", "bob", false), ("user-", "", false),
            ("order.17", "alice", true), ("order.17.items", "alice", true), ("order.x", "alice", false),
            ("order.17", "", false), ("chat.swift", "alice", true), ("chat.swift", "carol", false),
            ("chat.SWIFT", "alice", false), ("elsewhere", "alice", false),
        ]
        for (channel, user, isAllowed) in rows {
            let response = try await TestClient(service, user: user).subscribe(to: channel)
            #expect((response.error == nil) == isAllowed, "\(channel) for \(user)")
        }
        let published = try await TestClient(service, user: "bob").publish("1", to: "chat.swift")
        #expect(published.result != nil)
    }

    @Test("intercepts calls")
    func intercepting() async throws {
        let service = interceptors(logger: Self.logger)
        let client = TestClient(service, metadata: ["x-tenant": "blue"])
        #expect(try await client.rpc("tenant").result?.data == #""blue""#)
        #expect(try await client.rpc("other").error == .rateLimited)
        #expect(try await TestClient(service).rpc("tenant").error == .badRequest)
    }

    #if Tokens
    @Test("accepts clients with a token, until it is revoked")
    func authenticating() async throws {
        let storage = InMemoryTokenStorage()
        let service = try tokens(storage, logger: Self.logger)
        let issued = try await storage.create(user: "alice", roles: ["staff"], expiresIn: .seconds(3_600))
        #expect(try await TestClient(service).connect(data: "{}").disconnect == .unauthorized)
        #expect(try await TestClient(service).connect(data: #"{"authToken":"guess"}"#).disconnect == .unauthorized)
        let accepted = try await TestClient(service).connect(data: #"{"authToken":"\#(issued.secret.text)"}"#)
        let result = try #require(accepted.result)
        #expect(result.user == "alice" && result.expireAt > 0)
        #expect(result.subs.keys.sorted() == ["public", "staff", "user-alice"])

        let alice = TestClient(service).connected(as: result).with { $0.includesConnectionMeta = true }
        let prolonged = try await alice.refresh()
        #expect(prolonged.result?.expired == false)
        _ = try await storage.delete(reference: issued.token.reference)
        let expired = try await alice.refresh()
        #expect(expired.result == .expired)
    }
    #endif
}
