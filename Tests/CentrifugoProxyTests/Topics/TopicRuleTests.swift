import Foundation
import ProxyMessages
import Testing

@testable import CentrifugoProxy

/// Rules that depend on the user.
@Suite struct TopicRuleTests {
    private static let context = CallContext(event: .subscribe)

    private static func router(_ pattern: String, _ rule: TopicRule) throws -> TopicRouter {
        try TopicRouter { try $0.register(pattern, rule) }
    }

    @Test("lets readers subscribe with its options, and nobody publish")
    func readers() async throws {
        let options = SubscribeResult(expireAt: 9, data: .text("welcome"))
        let topics = try Self.router("user-{id}", .allow(.owner("id"), options: options))
        let own = SubscribeRequest(user: "a", channel: "user-a")
        #expect(try await topics.subscribe(own, context: Self.context) == options)
        await #expect(throws: CentrifugoError.permissionDenied) {
            try await topics.subscribe(SubscribeRequest(user: "b", channel: "user-a"), context: Self.context)
        }
        await #expect(throws: CentrifugoError.permissionDenied) {
            try await topics.publish(PublishRequest(user: "a", channel: "user-a"), context: Self.context)
        }
        await #expect(throws: CentrifugoError.permissionDenied) {
            try await topics.subscribeUnidirectional(own, context: Self.context)
        }
    }

    @Test("lets subscriptions expire after its lifetime, and extends those of readers")
    func lifetime() async throws {
        let topics = try Self.router("user-{id}", .allow(.owner("id"), lifetime: .seconds(600)))
        let before = Int64(Date().timeIntervalSince1970)
        let result = try await topics.subscribe(SubscribeRequest(user: "a", channel: "user-a"), context: Self.context)
        let refreshed = try await topics.subRefresh(
            SubRefreshRequest(user: "a", channel: "user-a"),
            context: Self.context
        )
        // Expiries are whole seconds that are not too early.
        let after = Int64(Date().timeIntervalSince1970) + 1
        #expect(before + 600...after + 600 ~= result.expireAt)
        #expect(before + 600...after + 600 ~= refreshed.expireAt && !refreshed.expired)
        let other = SubRefreshRequest(user: "b", channel: "user-a")
        #expect(try await topics.subRefresh(other, context: Self.context) == .expired)
    }

    @Test(
        "allows the longest possible lifetime",
        arguments: [Duration.seconds(Int64.max), .seconds(1 << 62)]
    )
    func longest(lifetime: Duration) async throws {
        let topics = try Self.router("a", .allow(.anyone, lifetime: lifetime))
        let result = try await topics.subscribe(SubscribeRequest(channel: "a"), context: Self.context)
        // Centrifugo itself asks again after a year.
        #expect(result.expireAt > Int64(Date().timeIntervalSince1970) + 365 * 86_400)
    }

    @Test("always answers with an expiry in the future", arguments: [Duration.zero, .seconds(-5), .milliseconds(1)])
    func shortLifetime(lifetime: Duration) async throws {
        let topics = try Self.router("a", .allow(.anyone, lifetime: lifetime))
        let before = Int64(Date().timeIntervalSince1970)
        let result = try await topics.subscribe(SubscribeRequest(channel: "a"), context: Self.context)
        #expect(result.expireAt > before)
    }

    @Test("limits the size of publications, counted after base64")
    func writers() async throws {
        let topics = try Self.router("a", .allow(.anyone, publish: .authenticated, maxPublicationSize: 3))
        let encoded = PublishRequest(encoding: "binary", user: "u", channel: "a").with { $0.b64data = "AQID" }
        #expect(try await topics.publish(encoded, context: Self.context) == PublishResult(skipHistory: false))
        for (data, b64data) in [([1, 2, 3, 4], ""), ([], "AQIDBA==")] as [([UInt8], String)] {
            let encoding = b64data.isEmpty ? "json" : "binary"
            await #expect(throws: CentrifugoError.payloadTooLarge) {
                let request = PublishRequest(
                    encoding: encoding,
                    user: "u",
                    channel: "a",
                    data: data
                ).with { $0.b64data = b64data }
                return try await topics.publish(request, context: Self.context)
            }
            await #expect(throws: CentrifugoError.payloadTooLarge) {
                let request = MapPublishRequest(
                    encoding: encoding,
                    user: "u",
                    channel: "a",
                    data: data
                ).with { $0.b64data = b64data }
                return try await topics.mapPublish(request, context: Self.context)
            }
        }
        let removal = MapRemoveRequest(user: "u", channel: "a", key: "k")
        #expect(try await topics.mapRemove(removal, context: Self.context) == MapRemoveResult(key: ""))
        await #expect(throws: CentrifugoError.permissionDenied) {
            try await topics.publish(PublishRequest(channel: "a"), context: Self.context)
        }
        await #expect(throws: CentrifugoError.permissionDenied) {
            try await topics.mapRemove(MapRemoveRequest(channel: "a"), context: Self.context)
        }
    }
}
