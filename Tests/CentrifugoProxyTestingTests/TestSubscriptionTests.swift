import CentrifugoProxy
import CentrifugoProxyTesting
import GRPCCall
import ProxyMessages
import Synchronization
import Testing

/// Serves streams: an echo, a count, a hub's channel, one that waits, and refusals.
private actor Streams: SubscribeUnidirectionalHandler, SubscribeBidirectionalHandler {
    let hub: ChannelHub
    let ends = AsyncStream<CallEnd>.makeStream()
    /// How many publications of the long stream were written.
    nonisolated let written = Atomic(0)

    init(hub: ChannelHub = ChannelHub()) {
        self.hub = hub
    }

    func subscribeUnidirectional(
        _ request: SubscribeRequest,
        context: CallContext
    ) async throws -> UnidirectionalSubscription {
        context.whenOver { [ends] in ends.continuation.yield($0) }
        switch request.channel {
        case "hub":
            return UnidirectionalSubscription(
                result: SubscribeResult(data: "hi"),
                from: hub,
                channel: "hub"
            )
        case "backlog":
            return UnidirectionalSubscription(from: hub, channel: "hub") {
                Backlog(["1", "2"].map { Publication(data: $0) }, upTo: 2)
            }
        case "count":
            return UnidirectionalSubscription { writer in
                for number in 1...3 { try await writer.write(Publication(data: try .json(number))) }
                return .finished
            }
        case "long":
            return UnidirectionalSubscription { [self] writer in
                for number in 1...200 {
                    try await writer.write(Publication(data: try .json(number)))
                    written.add(1, ordering: .sequentiallyConsistent)
                }
                return .finished
            }
        case "text":
            return UnidirectionalSubscription { writer in
                try await writer.write(Publication(data: .bytes([0xFF])))
                return .finished
            }
        case "wait":
            return UnidirectionalSubscription { writer in
                await writer.waitForClientToLeave()
                return .finished
            }
        default: throw CentrifugoError.permissionDenied
        }
    }

    func subscribeBidirectional(
        _ request: SubscribeRequest,
        context: CallContext
    ) async throws -> BidirectionalSubscription {
        guard request.channel == "echo" else { throw GRPCStatus(.unavailable) }
        context.whenOver { [ends] in ends.continuation.yield($0) }
        return BidirectionalSubscription { publications, writer in
            for await publication in publications {
                if publication.data == "0" { return .interrupted }
                try await writer.write(publication)
            }
            return .finished
        }
    }
}

@Suite(.timeLimit(.minutes(1))) struct TestSubscriptionTests {
    @Test("reads a backlog and then what the hub publishes after it")
    func backlog() async throws {
        let hub = ChannelHub()
        let client = TestClient(subscribeUnidirectional: Streams(hub: hub)).with { $0.encoding = "binary" }
        let stream = try await client.subscribeUnidirectional(to: "backlog")
        for text in ["1", "2"] { #expect(await stream.next()?.data.text == text) }
        for position: UInt64 in 2...3 {
            try hub.publish(Publication(data: .text("\(position)")), to: "hub", position: position)
        }
        #expect(await stream.next()?.data.text == "3")
        stream.cancel()
        #expect(await stream.end() == nil)
    }

    @Test("reads the first answer, the publications and the end")
    func reading() async throws {
        let stream = try await TestClient(subscribeUnidirectional: Streams()).subscribeUnidirectional(to: "count")
        #expect(stream.response.result == SubscribeResult())
        var texts: [String?] = []
        for await publication in stream { texts.append(publication.data.text) }
        #expect(texts == ["1", "2", "3"])
        #expect(await stream.end() == .ok)
    }

    @Test("has writers wait for a reader that is slow, and go on")
    func waiting() async throws {
        let client = TestClient(subscribeUnidirectional: Streams()).with { $0.unreadLimit = 1 }
        let stream = try await client.subscribeUnidirectional(to: "count")
        #expect(await stream.next()?.data == "1")
        #expect(stream.status == nil)
        #expect(await stream.next()?.data == "2")
        #expect(await stream.next()?.data == "3")
        #expect(await stream.end() == .ok)
    }

    @Test("sends the client's publications")
    func publishing() async throws {
        let streams = Streams()
        let stream = try await TestClient(subscribeBidirectional: streams).subscribeBidirectional(to: "echo")
        stream.publish("1")
        #expect(await stream.next()?.data == "1")
        stream.publish("0")
        #expect(await stream.next() == nil)
        let status = await stream.end()
        #expect(status?.code == .unavailable)
        #expect(Simulator().streamEnds(with: try #require(status)).next == .subscribesAgain)
    }

    @Test("ends the client's publications at its half-close, and the stream with the handler")
    func halfClose() async throws {
        let streams = Streams()
        let stream = try await TestClient(subscribeBidirectional: streams).subscribeBidirectional(to: "echo")
        stream.publish("1")
        // The reader waits again, or will find nothing.
        #expect(await stream.next()?.data == "1")
        stream.halfClose()
        #expect(await stream.next() == nil)
        #expect(await stream.end() == .ok)
        var ends = streams.ends.stream.makeAsyncIterator()
        #expect(await ends.next() == .answered)
    }

    @Test("leaves a stream to the client open at the half-close, until the client leaves")
    func halfCloseOneWay() async throws {
        let streams = Streams()
        let stream = try await TestClient(subscribeUnidirectional: streams).subscribeUnidirectional(to: "hub")
        stream.halfClose()
        try streams.hub.publish(Publication(data: "news"), to: "hub")
        #expect(await stream.next()?.data == #""news""#)
        stream.cancel()
        #expect(await stream.end() == nil)
    }

    @Test("cancels the handler's task when the client leaves")
    func cancelling() async throws {
        let streams = Streams()
        let stream = try await TestClient(subscribeUnidirectional: streams).subscribeUnidirectional(to: "wait")
        stream.cancel()
        #expect(await stream.end() == nil)
        var ends = streams.ends.stream.makeAsyncIterator()
        #expect(await ends.next() == .abandoned)
    }

    @Test("reads a hub's publications, as JSON or as bytes")
    func hub() async throws {
        let streams = Streams()
        let client = TestClient(subscribeUnidirectional: streams)
        let json = try await client.subscribeUnidirectional(to: "hub")
        let binary = try await client.with { $0.encoding = "binary" }.subscribeUnidirectional(to: "hub")
        #expect(json.response.result?.data == #""hi""#)
        #expect(binary.response.result?.b64data == "aGk=")
        #expect(await streams.hub.subscriberCount(of: "hub") == 2)
        try streams.hub.publish(Publication(data: "news"), to: "hub")
        #expect(await json.next()?.data == #""news""#)
        #expect(await binary.next()?.data == "news")
        json.cancel()
        binary.shutDown()
        #expect(await json.end() == nil)
        #expect(await binary.end()?.code == .unavailable)
        #expect(await streams.hub.subscriberCount(of: "hub") == 0)
    }

    @Test(
        "does with slow readers what the hub's policy says",
        arguments: [
            (ChannelHub.SlowReaderPolicy.dropOldest, 1, 4, ["1", "4"]), (.dropOldest, 2, 5, ["1", "2", "5"]),
            (.dropOldest, 64, 65, (1...65).map { "\($0)" }), (.interrupt, 1, 4, ["1"]), (.interrupt, 2, 5, ["1", "2"]),
            (.interrupt, 64, 66, (1...64).map { "\($0)" }),
        ]
    )
    func slowReaders(policy: ChannelHub.SlowReaderPolicy, unread: Int, sent: Int, expected: [String]) async throws {
        let streams = Streams(hub: ChannelHub(slowReaders: policy, waitingLimit: 1))
        let client = TestClient(subscribeUnidirectional: streams).with { $0.unreadLimit = unread }
        let stream = try await client.subscribeUnidirectional(to: "hub")
        for number in 1...sent { try streams.hub.publish(Publication(data: try .json(number)), to: "hub") }
        // Asked on the stream's loop, so that all publications have reached the stream before the first is read.
        #expect(await streams.hub.subscriberCount(of: "hub") == (policy == .interrupt ? 0 : 1))
        for text in expected { #expect(await stream.next()?.data.text == text) }
        if policy == .interrupt {
            #expect(await stream.next() == nil)
            #expect(stream.status?.code == .unavailable)
            #expect(await stream.end()?.message == "the reader is too slow")
        } else {
            // It has caught up, as if it had never been slow.
            try streams.hub.publish(Publication(data: "news"), to: "hub")
            #expect(await stream.next()?.data == #""news""#)
            #expect(stream.status == nil)
            stream.cancel()
            #expect(await stream.end() == nil)
        }
    }

    @Test("never lets a handler write more than may be unread", arguments: [1, 2, 7])
    func unread(limit: Int) async throws {
        let streams = Streams()
        let client = TestClient(subscribeUnidirectional: streams).with { $0.unreadLimit = limit }
        let stream = try await client.subscribeUnidirectional(to: "long")
        for number in 1...200 {
            #expect(streams.written.load(ordering: .sequentiallyConsistent) <= number - 1 + limit)
            #expect(await stream.next()?.data.text == "\(number)")
        }
        #expect(await stream.end() == .ok)
        #expect(streams.written.load(ordering: .sequentiallyConsistent) == 200)
    }

    @Test("opens hundreds of streams at a time")
    func many() async throws {
        let streams = Streams()
        let client = TestClient(subscribeUnidirectional: streams)
        var opened: [TestSubscription] = []
        for _ in 0..<300 { opened.append(try await client.subscribeUnidirectional(to: "hub")) }
        #expect(await streams.hub.subscriberCount(of: "hub") == 300)
        try streams.hub.publish(Publication(data: "news"), to: "hub")
        for stream in opened {
            #expect(await stream.next()?.data == #""news""#)
            stream.cancel()
            #expect(await stream.end() == nil)
        }
        #expect(await streams.hub.subscriberCount(of: "hub") == 0)
    }

    @Test("ends a stream of a server that shuts down once, however often it is told")
    func shuttingDown() async throws {
        let streams = Streams()
        let stream = try await TestClient(subscribeBidirectional: streams).subscribeBidirectional(to: "echo")
        stream.shutDown()
        stream.shutDown()
        #expect(await stream.next() == nil)
        #expect(await stream.end()?.code == .unavailable)
        stream.shutDown()
        stream.cancel()
        #expect(await stream.end()?.code == .unavailable)
        var ends = streams.ends.stream.makeAsyncIterator()
        guard case .failed = await ends.next() else {
            Issue.record("the handler was not told of the end")
            return
        }
    }

    @Test("ends one reader's wait with its task, and leaves the publication to the others")
    func readers() async throws {
        let streams = Streams()
        let stream = try await TestClient(subscribeUnidirectional: streams).subscribeUnidirectional(to: "hub")
        let impatient = Task { await stream.next() }
        impatient.cancel()
        #expect(await impatient.value == nil)
        async let one = stream.next()
        async let other = stream.next()
        try streams.hub.publish(Publication(data: "1"), to: "hub")
        try streams.hub.publish(Publication(data: "2"), to: "hub")
        let read = await [one, other].compactMap { $0?.data.text }
        #expect(Set(read) == [#""1""#, #""2""#])
        stream.cancel()
        #expect(await stream.next() == nil)
        #expect(await stream.end() == nil)
    }

    @Test("tells refusals, failures and the end of the time apart")
    func refusals() async throws {
        let streams = Streams()
        let client = TestClient(subscribeUnidirectional: streams, subscribeBidirectional: streams)
        let refused = try await client.subscribeUnidirectional(to: "secret")
        #expect(refused.response.error == .permissionDenied)
        #expect(await refused.end() == .ok)
        await #expect(throws: GRPCStatus(.unavailable)) { try await client.subscribeBidirectional(to: "other") }
        let broken = try await client.subscribeUnidirectional(to: "text")
        #expect(await broken.end()?.code == .unavailable)
        var late: TestSubscription?
        var timeout = Duration.milliseconds(100)
        // On a busy machine the time may be over before the stream has begun.
        while late == nil {
            late = try? await client.with { $0.timeout = timeout }.subscribeUnidirectional(to: "hub")
            timeout *= 2
        }
        #expect(await late?.end()?.code == .deadlineExceeded)
    }
}
