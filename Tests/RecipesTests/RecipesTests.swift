import CentrifugoProxy
import Logging
import ProtobufWire
import ProxyMessages
import Testing

@testable import recipes

#if Tokens
import ProxyTokens
#endif

/// The programs of the documentation's pages, without a server.
@Suite struct RecipesTests {
    private static let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

    private static func call<Result: ReplyResult>(
        _ event: ProxyEvent,
        _ request: some WireMessage,
        of service: ProxyService,
        metadata: [(String, String)] = []
    ) async throws -> Reply<Result> {
        let context = CallContext(event: event, metadata: Metadata(metadata))
        let answer = try await service.answer(to: request.wireBytes(), context: context, logger: logger)
        return try Reply(wireBytes: answer)
    }

    private static func connect(
        _ service: ProxyService,
        _ data: String = "",
        metadata: [(String, String)] = []
    ) async throws -> ConnectResponse {
        try await call(.connect, ConnectRequest(data: Array(data.utf8)), of: service, metadata: metadata)
    }

    private static func rpc(
        _ service: ProxyService,
        _ method: String,
        _ data: String = "",
        metadata: [(String, String)] = []
    ) async throws -> RPCResponse {
        let request = RPCRequest(user: "alice", method: method, data: Array(data.utf8))
        return try await call(.rpc, request, of: service, metadata: metadata)
    }

    @Test("accepts everybody, and refuses what it does not serve")
    func acceptingAll() async throws {
        let service = acceptAll()
        #expect(try await Self.connect(service).result?.data == #""welcome""#)
        let subscribed: SubscribeResponse = try await Self.call(
            .subscribe,
            SubscribeRequest(channel: "any"),
            of: service
        )
        #expect(subscribed == SubscribeResponse(result: SubscribeResult()))
        let published: PublishResponse = try await Self.call(.publish, PublishRequest(channel: "any"), of: service)
        #expect(published == PublishResponse(result: PublishResult()))
        #expect(try await Self.rpc(service, "any").error == .notFound)
    }

    @Test("subscribes clients as they connect")
    func automaticChannels() async throws {
        let service = try channels(logger: Self.logger)
        #expect(try await Self.connect(service).result.map { Array($0.subs.keys) } == ["public"])
        let alice = try await Self.connect(service, metadata: [("x-user", "alice")]).result
        #expect(alice?.user == "alice")
        #expect(alice?.subs.keys.sorted() == ["public", "team.swift", "user-alice"])
        #expect(alice?.subs["user-alice"]?.data == #""only you read this""#)
        let evil = try await Self.connect(service, metadata: [("x-user", "a.b")]).result
        #expect(evil?.subs.keys.sorted() == ["public", "team.swift"])
    }

    @Test("answers methods of its own, and no others")
    func methods() async throws {
        let service = try pingPong()
        #expect(try await Self.rpc(service, "ping").result?.data == #"{"pong":true}"#)
        #expect(try await Self.rpc(service, "math:sum", #"{"numbers":[1,2,3]}"#).result?.data == #"{"sum":6}"#)
        #expect(try await Self.rpc(service, "math:sum", #"{"numbers":"many"}"#).error == .badRequest)
        #expect(try await Self.rpc(service, "sum").error == .notFound)
    }

    @Test("checks what is published")
    func publishing() async throws {
        let service = publishCheck()
        func publish(
            _ data: String,
            user: String = "alice",
            channel: String = "chat.swift"
        ) async throws -> PublishResponse {
            try await Self.call(
                .publish,
                PublishRequest(user: user, channel: channel, data: Array(data.utf8)),
                of: service
            )
        }
        let line = try await publish(#"{"text":"hi","from":"bob"}"#).result?.data.decode(Line.self)
        #expect(line?.text == "hi" && line?.from == "alice")
        #expect(try await publish(#"{"text":"\#(String(repeating: "x", count: 501))"}"#).error?.code == 413)
        #expect(try await publish("{}").error == .badRequest)
        #expect(try await publish("{}", user: "").error == .permissionDenied)
        #expect(try await publish("{}", channel: "news").error == .permissionDenied)
    }

    @Test("prolongs and ends sessions")
    func refreshing() async throws {
        let service = refresh()
        #expect(try await Self.connect(service).disconnect == .unauthorized)
        #expect(try await Self.connect(service, metadata: [("x-user", "alice")]).result?.user == "alice")
        for (user, isMember) in [("alice", true), ("mallory", false)] {
            let session: RefreshResponse = try await Self.call(.refresh, RefreshRequest(user: user), of: service)
            #expect(session.result.map { $0.expired == !isMember && ($0.expireAt > 0) == isMember } == true)
            let sub: SubRefreshResponse = try await Self.call(.subRefresh, SubRefreshRequest(user: user), of: service)
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
            let request = SubscribeRequest(user: user, channel: channel)
            let response: SubscribeResponse = try await Self.call(.subscribe, request, of: service)
            #expect((response.error == nil) == isAllowed, "\(channel) for \(user)")
        }
        let published: PublishResponse = try await Self.call(
            .publish,
            PublishRequest(user: "bob", channel: "chat.swift"),
            of: service
        )
        #expect(published.result != nil)
    }

    @Test("does things around calls")
    func intercepting() async throws {
        let service = interceptors(logger: Self.logger)
        let tenant = [("x-tenant", "blue")]
        #expect(try await Self.rpc(service, "tenant", metadata: tenant).result?.data == #""blue""#)
        #expect(try await Self.rpc(service, "other", metadata: tenant).error == .rateLimited)
        #expect(try await Self.rpc(service, "tenant").error == .badRequest)
    }

    #if Tokens
    @Test("lets in who has a token, until it is revoked")
    func authenticating() async throws {
        let storage = InMemoryTokenStorage()
        let service = try tokens(storage, logger: Self.logger)
        let issued = try await storage.create(user: "alice", roles: ["staff"], expiresIn: .seconds(3_600))
        #expect(try await Self.connect(service, "{}").disconnect == .unauthorized)
        #expect(try await Self.connect(service, #"{"authToken":"guess"}"#).disconnect == .unauthorized)
        let accepted = try await Self.connect(service, #"{"authToken":"\#(issued.secret.text)"}"#)
        let result = try #require(accepted.result)
        #expect(result.user == "alice" && result.expireAt > 0)
        #expect(result.subs.keys.sorted() == ["public", "staff", "user-alice"])

        let request = RefreshRequest(user: "alice", meta: result.meta)
        let prolonged: RefreshResponse = try await Self.call(.refresh, request, of: service)
        #expect(prolonged.result?.expired == false)
        _ = try await storage.delete(reference: issued.token.reference)
        let expired: RefreshResponse = try await Self.call(.refresh, request, of: service)
        #expect(expired.result == .expired)
    }
    #endif
}
