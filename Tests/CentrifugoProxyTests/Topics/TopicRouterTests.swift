import CentrifugoProxy
import Logging
import Testing

/// Topics over a socket: each event goes to the rule of its channel.
@Suite(.timeLimit(.minutes(1))) struct TopicRouterTests {
    /// Decides about everything in its rooms.
    private actor Rooms: TopicHandler {
        func subscribe(
            _ request: SubscribeRequest,
            topic: TopicMatch,
            context: CallContext
        ) async throws -> SubscribeResult {
            SubscribeResult(data: try .json(["room": topic["room"], "event": context.event.methodName]))
        }

        func subRefresh(
            _ request: SubRefreshRequest,
            topic: TopicMatch,
            context: CallContext
        ) async throws -> SubRefreshResult {
            .prolonged(until: Int64(try topic.int("room")))
        }

        func publish(_ request: PublishRequest, topic: TopicMatch, context: CallContext) async throws -> PublishResult {
            guard topic["room"] != "closed" else { throw Disconnect.forbidden }
            return PublishResult(tags: topic.values)
        }

        func mapPublish(
            _ request: MapPublishRequest,
            topic: TopicMatch,
            context: CallContext
        ) async throws -> MapPublishResult {
            MapPublishResult(key: request.key, tags: topic.values)
        }

        func mapRemove(
            _ request: MapRemoveRequest,
            topic: TopicMatch,
            context: CallContext
        ) async throws -> MapRemoveResult {
            MapRemoveResult(key: request.key, tags: topic.values)
        }

        func subscribeUnidirectional(
            _ request: SubscribeRequest,
            topic: TopicMatch,
            context: CallContext
        ) async throws -> UnidirectionalSubscription {
            UnidirectionalSubscription { writer in
                try await writer.write(Publication(data: .bytes(Array((topic["room"] ?? "").utf8))))
                return .finished
            }
        }

        func subscribeBidirectional(
            _ request: SubscribeRequest,
            topic: TopicMatch,
            context: CallContext
        ) async throws -> BidirectionalSubscription {
            BidirectionalSubscription { publications, writer in
                for await publication in publications { try await writer.write(publication) }
                return .finished
            }
        }
    }

    private actor Silent: TopicHandler {}

    private static func run(
        on executor: ProxyServer.Executor = .eventLoop,
        _ register: (inout TopicRegistry) throws -> Void,
        _ body: (RawConnection, TopicRouter, TestServer) async throws -> Void
    ) async throws {
        var registry = TopicRegistry()
        try register(&registry)
        let topics = TopicRouter(registry)
        let service = ProxyService(
            subscribe: topics,
            subRefresh: topics,
            publish: topics,
            mapPublish: topics,
            mapRemove: topics,
            subscribeUnidirectional: topics,
            subscribeBidirectional: topics
        )
        try await TestServer.run(service, configuration: .test(executor)) { server in
            try await body(server.connect(), topics, server)
        }
    }

    /// What a peer receives for every event about a channel.
    private static func refusals(_ peer: RawConnection, _ channel: String) async throws -> [CentrifugoError?] {
        var refusals: [CentrifugoError?] = []
        let subscribe: SubscribeResponse = try await peer.call(.subscribe, SubscribeRequest(channel: channel))
        let publish: PublishResponse = try await peer.call(.publish, PublishRequest(channel: channel))
        let mapPublish: MapPublishResponse = try await peer.call(.mapPublish, MapPublishRequest(channel: channel))
        let mapRemove: MapRemoveResponse = try await peer.call(.mapRemove, MapRemoveRequest(channel: channel))
        refusals += [subscribe.error, publish.error, mapPublish.error, mapRemove.error]
        refusals.append(try await peer.subscribe(channel).reply().error)
        refusals.append(try await peer.subscribeBoth(channel).reply().error)
        let refresh: SubRefreshResponse = try await peer.call(.subRefresh, SubRefreshRequest(channel: channel))
        #expect(refresh == SubRefreshResponse(result: .expired))
        return refusals
    }

    @Test("lets an actor decide every event", arguments: ProxyServer.Executor.all)
    func everyEvent(executor: ProxyServer.Executor) async throws {
        try await Self.run(on: executor, { try $0.register("chat.{room}", to: Rooms()) }) { peer, _, server in
            let subscribe: SubscribeResponse = try await peer.call(.subscribe, SubscribeRequest(channel: "chat.a"))
            #expect(try subscribe.result?.data.decode([String: String].self) == ["room": "a", "event": "Subscribe"])
            let refresh: SubRefreshResponse = try await peer.call(.subRefresh, SubRefreshRequest(channel: "chat.7"))
            #expect(refresh.result?.expireAt == 7)
            let bad: SubRefreshResponse = try await peer.call(.subRefresh, SubRefreshRequest(channel: "chat.x"))
            #expect(bad == SubRefreshResponse(result: .expired))
            let publish: PublishResponse = try await peer.call(.publish, PublishRequest(channel: "chat.a"))
            #expect(publish.result?.tags == ["room": "a"])
            let closed: PublishResponse = try await peer.call(.publish, PublishRequest(channel: "chat.closed"))
            #expect(closed.disconnect == .forbidden)
            let set: MapPublishResponse = try await peer.call(
                .mapPublish,
                MapPublishRequest(channel: "chat.a", key: "k")
            )
            #expect(set.result == MapPublishResult(key: "k", tags: ["room": "a"]))
            let gone: MapRemoveResponse = try await peer.call(.mapRemove, MapRemoveRequest(channel: "chat.a", key: "k"))
            #expect(gone.result == MapRemoveResult(key: "k", tags: ["room": "a"]))

            let one = peer.subscribe("chat.7")
            #expect(try await one.reply().result != nil)
            #expect(try await one.texts() == ["7"] && one.status == "0")
            let both = peer.subscribeBoth("chat.a")
            #expect(try await both.reply().result != nil)
            both.publish("1")
            #expect(try await both.text() == "1")
            both.cancel()
            #expect(server.log.lines().isEmpty)
        }
    }

    @Test(
        "denies every event of a channel without a pattern, or whose rule does not decide",
        arguments: [
            "", "chat", "chat.", "chat.a.b", "silent", "empty", "chat.\0", "chat.é", "CHAT.a", "{room}", "chat.{a:b}/",
            String(repeating: "x", count: 256), "chat." + String(repeating: ".", count: 300),
        ]
    )
    func denied(channel: String) async throws {
        try await Self.run({
            try $0.register("chat.{room}", to: Rooms())
            try $0.register("silent", to: Silent())
            try $0.register("empty", TopicRule())
        }) { peer, _, server in
            let refusals = try await Self.refusals(peer, channel)
            #expect(refusals == Array(repeating: .permissionDenied, count: 6))
            #expect(server.log.lines().isEmpty)
        }
    }

    @Test("answers what closures decide, and hides what else they throw")
    func closures() async throws {
        struct Secret: Error {}
        try await Self.run({
            try $0.register(
                "a.{x}",
                TopicRule(subscribe: { topic, _, _ in SubscribeResult(info: .text(topic["x"] ?? "")) })
            )
            try $0.register("b", TopicRule(subscribe: { _, _, _ in throw Secret() }))
            try $0.register("c", TopicRule(publish: { _, request, _ in PublishResult(data: try request.payload) }))
        }) { peer, _, server in
            let a: SubscribeResponse = try await peer.call(.subscribe, SubscribeRequest(channel: "a.1"))
            #expect(a.result?.info.text == "\"1\"")
            let answer = try await peer.answer(to: peer.start(.subscribe, SubscribeRequest(channel: "b")))
            #expect(answer.grpcStatus == "2" && answer.grpcMessage == "the handler failed")
            #expect(await server.log.next()?.metadata["error"] == "Secret()")
            let denied: SubscribeResponse = try await peer.call(.subscribe, SubscribeRequest(channel: "c"))
            #expect(denied.error == .permissionDenied)
            let request = PublishRequest(encoding: "json", channel: "c", data: Array("1".utf8))
            let c: PublishResponse = try await peer.call(.publish, request)
            #expect(c.result?.data.text == "1")
        }
    }

    @Test("decides by other rules once they are replaced")
    func replaced() async throws {
        try await Self.run({ try $0.register("old", .allow(.anyone)) }) { peer, topics, _ in
            var registry = TopicRegistry()
            try registry.register("new", .allow(.anyone))
            await topics.replace(with: registry)
            let old: SubscribeResponse = try await peer.call(.subscribe, SubscribeRequest(channel: "old"))
            #expect(old.error == .permissionDenied)
            let new: SubscribeResponse = try await peer.call(.subscribe, SubscribeRequest(channel: "new"))
            #expect(new.result != nil)
        }
    }

    @Test("delivers a hub's publications to users that a rule allows")
    func hub() async throws {
        let hub = ChannelHub()
        try await Self.run({ try $0.register("news.{id}", .allow(.anyone, hub: hub)) }) { peer, _, _ in
            let stream = peer.subscribe("news.1")
            #expect(try await stream.reply().result != nil)
            try hub.publish(Publication(data: .bytes(Array("1".utf8))), to: "news.1")
            #expect(try await stream.text() == "1")
            let both = try await peer.subscribeBoth("news.1").reply()
            #expect(both.error == .permissionDenied)
        }
    }
}
