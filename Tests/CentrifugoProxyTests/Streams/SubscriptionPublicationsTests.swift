import CentrifugoProxy
import GRPCCall
import HTTP2FrameKit
import Testing

/// What clients publish into their streams.
@Suite(.serialized, .timeLimit(.minutes(1))) struct SubscriptionPublicationsTests {
    /// Reads all publications, and reports each one and the end.
    private static func reading(_ steps: Events<Step>) -> BidirectionalSubscription {
        BidirectionalSubscription { publications, _ in
            for await publication in publications { steps.tell(.read(publication.data.text)) }
            steps.tell(.read(nil))
            return .finished
        }
    }

    @Test("reads publications in their order, with their tags", arguments: ProxyServer.Executor.all)
    func order(executor: ProxyServer.Executor) async throws {
        try await TestServer.run(
            bidirectional: { _ in
                BidirectionalSubscription { publications, writer in
                    for await publication in publications { try await writer.write(publication) }
                    return .interrupted
                }
            },
            configuration: .test(executor)
        ) { _, connection async throws in
            let stream = connection.subscribeBoth()
            _ = try await stream.reply()
            for number in 0..<500 {
                let echo = Publication(data: .bytes(Array("\(number)".utf8)), tags: ["n": "\(number)"])
                connection.send(
                    .data(stream.id, lengthPrefixed(StreamSubscribeRequest(publication: echo).wireBytes()))
                )
            }
            for number in 0..<500 {
                let publication = try await stream.next()?.publication
                #expect(publication?.data.text == "\(number)" && publication?.tags == ["n": "\(number)"])
            }
        }
    }

    @Test("takes several messages out of one frame, and one out of many", arguments: ProxyServer.Executor.all)
    func framing(executor: ProxyServer.Executor) async throws {
        let steps = Events<Step>()
        try await TestServer.run(
            bidirectional: { _ in Self.reading(steps) },
            configuration: .test(executor)
        ) { _, connection async throws in
            let stream = connection.subscribeBoth()
            connection.send(.data(stream.id, (0..<5).flatMap { PeerStream.publication("\($0)") }))
            for number in 0..<5 { #expect(await steps.next() == .read("\(number)")) }
            for byte in PeerStream.publication("in pieces") {
                try await connection.sendApart([.data(stream.id, [byte])], [])
            }
            #expect(await steps.next() == .read("in pieces"))
            // The end of one and the beginning of the next; an empty frame; padding.
            let both = PeerStream.publication("first") + PeerStream.publication("second")
            connection.send(.data(stream.id, Array(both.prefix(9))), .data(stream.id, []))
            connection.send(.data(stream.id, Array(both[9..<20])).padded(7))
            connection.send(.data(stream.id, Array(both[20...])))
            #expect(await steps.next() == .read("first"))
            #expect(await steps.next() == .read("second"))
            stream.cancel()
            #expect(await steps.next() == .read(nil))
        }
    }

    @Test("reads publications that came together with the request, and skips messages without a publication")
    func early() async throws {
        let steps = Events<Step>()
        try await TestServer.run(bidirectional: { _ in Self.reading(steps) }) { _, connection async throws in
            let id = connection.newStreamID()
            let first = StreamSubscribeRequest(subscribeRequest: SubscribeRequest(), publication: Publication())
            let body = lengthPrefixed(first.wireBytes()) + PeerStream.publication("a") + lengthPrefixed([])
            connection.send(
                .headers(id, RawConnection.head(ProxyEvent.subscribeBidirectional.path)),
                .data(id, body + lengthPrefixed([0xF8, 0x07, 0x01]) + PeerStream.publication("b"))
            )
            #expect(await steps.next() == .read("a"))
            #expect(await steps.next() == .read("b"))
        }
    }

    @Test("reads a message that is larger than the stream's window", arguments: ProxyServer.Executor.all)
    func large(executor: ProxyServer.Executor) async throws {
        let steps = Events<Step>()
        try await TestServer.run(
            bidirectional: { _ in Self.reading(steps) },
            configuration: .test(executor)
        ) { _, connection async throws in
            let stream = connection.subscribeBoth()
            _ = try await stream.reply()
            let text = String(repeating: "0123456789", count: 100_000)
            try await stream.sendWithinWindow(PeerStream.publication(text))
            stream.publish("behind it")
            #expect(await steps.next() == .read(text))
            #expect(await steps.next() == .read("behind it"))
        }
    }

    @Test("withholds credit until the handler reads", arguments: ProxyServer.Executor.all)
    func credit(executor: ProxyServer.Executor) async throws {
        let steps = Events<Step>()
        let gate = Gate()
        try await TestServer.run(
            bidirectional: { _ in
                BidirectionalSubscription { publications, _ in
                    await gate.pass()
                    for await publication in publications {
                        steps.tell(.read("\(publication.data.bytes.count)"))
                    }
                    return .finished
                }
            },
            configuration: .test(executor)
        ) { _, connection async throws in
            let stream = connection.subscribeBoth()
            _ = try await stream.reply()
            let message = PeerStream.publication(String(repeating: "x", count: 10_000))
            // As much as the window allows; what comes back is for the few bytes that may wait for a reader.
            let fits = (connection.streamWindow - 1_000) / message.count
            for _ in 0..<fits {
                try await stream.sendWithinWindow(message)
                try await connection.roundTrip()
            }
            try await connection.stillServes()
            #expect(connection.credit(of: stream.id) < 100 * 1_024)
            gate.open()
            for _ in 0..<fits { #expect(await steps.next() == .read("10000")) }
            // The whole window again, and again.
            for _ in 0..<fits * 3 {
                try await stream.sendWithinWindow(message)
                #expect(await steps.next() == .read("10000"))
            }
        }
    }

    @Test(
        "ends the stream at a malformed message",
        arguments: [
            (lengthPrefixed([0x12, 0x7F]), "13"),
            (lengthPrefixed([], flag: 3), "13"),
            ([0, 0xFF, 0, 0, 0], "8"),
        ]
    )
    func malformed(body: [UInt8], status: String) async throws {
        let steps = Events<Step>()
        try await TestServer.run(bidirectional: { _ in Self.reading(steps) }) { _, connection async throws in
            let stream = connection.subscribeBoth()
            stream.publish("good")
            #expect(await steps.next() == .read("good"))
            connection.send(.data(stream.id, body))
            #expect(await steps.next() == .read(nil))
            #expect(try await stream.end() == status)
            try await connection.stillServes()
        }
    }

    private static func compressed(_ message: [UInt8]) throws -> [UInt8] {
        var output: [UInt8] = []
        try message.withUnsafeBytes { try Gzip().deflate($0, appendingTo: &output) }
        return output
    }

    @Test("inflates compressed publications", arguments: ProxyServer.Executor.all)
    func gzip(executor: ProxyServer.Executor) async throws {
        let steps = Events<Step>()
        try await TestServer.run(
            bidirectional: { _ in Self.reading(steps) },
            configuration: .test(executor)
        ) { _, connection async throws in
            let first = try Self.compressed(StreamSubscribeRequest(subscribeRequest: SubscribeRequest()).wireBytes())
            let head = RawConnection.head(
                ProxyEvent.subscribeBidirectional.path,
                changes: ["grpc-encoding": "gzip"]
            )
            let id = connection.newStreamID()
            connection.send(.headers(id, head), .data(id, lengthPrefixed(first, flag: 1)))
            for text in ["short", String(repeating: "long ", count: 10_000)] {
                let publication = StreamSubscribeRequest(publication: Publication(data: .text(text)))
                connection.send(.data(id, lengthPrefixed(try Self.compressed(publication.wireBytes()), flag: 1)))
                #expect(await steps.next() == .read(text))
            }
        }
    }
}
