import CentrifugoProxy
import Logging
import Testing

/// Two texts that Swift's `==` considers equal, but whose bytes differ.
struct LookAlikes: Sendable, CustomTestStringConvertible {
    let one: String
    let other: String

    /// Letters with separate accents, and a sign that is equal to an ASCII letter.
    static let all = [LookAlikes(one: "ren\u{E9}", other: "rene\u{301}"), LookAlikes(one: "Kim", other: "\u{212A}im")]

    var testDescription: String { one }
}

/// Wherever texts decide about identities or permissions, their bytes matter.
///
/// Hostile input: look-alike-text.
@Suite(.timeLimit(.minutes(1))) struct ExactTextTests {
    @Test("has look-alikes to compare", arguments: LookAlikes.all)
    func lookAlikes(_ texts: LookAlikes) {
        #expect(texts.one == texts.other)
        #expect(!texts.one.utf8.elementsEqual(texts.other.utf8))
    }

    @Test("accepts users with exactly a rule's roles", arguments: LookAlikes.all)
    func topicRoles(_ texts: LookAlikes) async throws {
        let topics = try TopicRouter { topics in
            // The user's id is the user's only role.
            try topics.register("staff", .allow(.roles([texts.one]) { request, _ in [request.user] }))
        }
        func isAllowed(_ user: String) async -> Bool {
            let request = SubscribeRequest(user: user, channel: "staff")
            return (try? await topics.subscribe(request, context: CallContext(event: .subscribe))) != nil
        }
        #expect(await isAllowed(texts.one))
        #expect(await !isAllowed(texts.other))
    }

    @Test("subscribes users with exactly a channel's roles", arguments: LookAlikes.all)
    func automaticRoles(_ texts: LookAlikes) throws {
        var automatic = AutomaticChannels(logger: LogRecorder().logger)
        try automatic.add("staff", roles: [texts.one])
        // The same channel for other roles is not the same rule twice.
        try automatic.add("staff", options: SubscribeOptions(cacheRecover: true), roles: [texts.other])
        #expect(automatic.subscriptions(user: "u", roles: [texts.one])["staff"]?.cacheRecover == false)
        #expect(automatic.subscriptions(user: "u", roles: [texts.other])["staff"]?.cacheRecover == true)
        #expect(throws: TopicError.self) { try automatic.add("staff", roles: [texts.one]) }
    }

    @Test("fills a pattern with the claim of exactly its parameter's name")
    func automaticClaims() throws {
        var automatic = AutomaticChannels(logger: LogRecorder().logger)
        try automatic.add("team-{Key}")
        #expect(automatic.subscriptions(user: "u", claims: ["Key": "a"]).keys.sorted() == ["team-a"])
        #expect(automatic.subscriptions(user: "u", claims: ["\u{212A}ey": "a"]).isEmpty)
    }

    @Test("serves a method by exactly its name")
    func methods() async throws {
        let router = try RPCRouter { methods in
            try methods.on("Kick") { _, _ in ["kicked": true] }
        }
        let context = CallContext(event: .rpc)
        #expect(try await router.rpc(RPCRequest(method: "Kick"), context: context).data == #"{"kicked":true}"#)
        await #expect(throws: CentrifugoError.notFound) {
            try await router.rpc(RPCRequest(method: "\u{212A}ick"), context: context)
        }
    }

    @Test("keeps the subscribers of two channels apart", arguments: LookAlikes.all)
    func hub(_ texts: LookAlikes) async throws {
        let hub = ChannelHub()
        let serve: @Sendable (SubscribeRequest) -> UnidirectionalSubscription = {
            UnidirectionalSubscription(from: hub, channel: $0.channel)
        }
        try await TestServer.run(unidirectional: serve, configuration: .test()) { _, connection async throws in
            let streams = [texts.one, texts.other].map { connection.subscribe($0) }
            for stream in streams { _ = try await stream.reply() }
            for channel in [texts.one, texts.other] { #expect(await hub.subscriberCount(of: channel) == 1) }
            try hub.publish(Publication(data: "one"), to: texts.one)
            try hub.publish(Publication(data: "other"), to: texts.other)
            #expect(try await streams[0].text() == #""one""#)
            #expect(try await streams[1].text() == #""other""#)
        }
    }

    @Test("reads metadata of exactly a name")
    func metadata() {
        let metadata = Metadata([("\u{212A}ey", "other")])
        #expect(metadata["Key"].isEmpty && metadata["key"].isEmpty)
    }
}
