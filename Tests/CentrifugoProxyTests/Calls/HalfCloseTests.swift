import CentrifugoProxy
import HTTP2FrameKit
import Testing

/// The peer's END_STREAM: the end of what it sends, but not of what it wants to receive.
@Suite(.serialized, .timeLimit(.minutes(1))) struct HalfCloseTests {
    /// Sends every publication back, and a final text when there are no more.
    private static let echo = BidirectionalSubscription { publications, writer in
        for await publication in publications { try await writer.write(publication) }
        try await writer.write(Publication(data: "that was all"))
        return .finished
    }

    private static let request = lengthPrefixed(
        StreamSubscribeRequest(subscribeRequest: SubscribeRequest(encoding: "json", channel: "room")).wireBytes()
    )

    private static func publications(_ numbers: ClosedRange<Int>) -> [UInt8] {
        numbers.flatMap { PeerStream.publication("\($0)") }
    }

    /// How the peer cuts its bytes into frames.
    enum Framing: CaseIterable {
        case oneFrame
        case frameEach
        case emptyLastFrame
        case trailers
    }

    private static func frames(_ framing: Framing, on id: UInt32) -> [Frame] {
        let head = Frame.headers(id, RawConnection.head(ProxyEvent.subscribeBidirectional.path))
        let messages = [request] + (1...3).map { PeerStream.publication("\($0)") }
        let apart = messages.map { Frame.data(id, $0) }
        switch framing {
        case .oneFrame: return [head, .data(id, Array(messages.joined()), .endStream)]
        case .frameEach: return [head] + apart.dropLast() + [.data(id, messages[3], .endStream)]
        case .emptyLastFrame: return [head] + apart + [.data(id, [], .endStream)]
        case .trailers: return [head] + apart + [.headers(id, [], [.endHeaders, .endStream])]
        }
    }

    /// Hostile input: half-close.
    @Test("delivers everything that came in one write with it", arguments: ProxyServer.Executor.all, Framing.allCases)
    func oneWrite(executor: ProxyServer.Executor, framing: Framing) async throws {
        try await TestServer.run(bidirectional: { _ in Self.echo }, configuration: .test(executor)) {
            _,
            connection async throws in
            let stream = PeerStream(connection, id: connection.newStreamID())
            connection.send(Self.frames(framing, on: stream.id))
            #expect(try await stream.reply().error == nil)
            #expect(try await stream.texts() == ["1", "2", "3", #""that was all""#])
            #expect(stream.status == "0" && stream.reset == nil)
            try await connection.stillServes()
        }
    }

    /// Hostile input: half-close.
    @Test("lets the handler decide", arguments: ProxyServer.Executor.all, [true, false])
    func deciding(executor: ProxyServer.Executor, isAccepted: Bool) async throws {
        let steps = Events<Step>()
        let gate = Gate()
        try await TestServer.run(
            bidirectional: { _ in
                steps.tell(.began())
                await gate.pass()
                if Task.isCancelled { steps.tell(.cancelled()) }
                guard isAccepted else { throw CentrifugoError.permissionDenied }
                return Self.echo
            },
            configuration: .test(executor)
        ) { _, connection async throws in
            let stream = connection.subscribeBoth()
            #expect(await steps.next() == .began())
            connection.send(.data(stream.id, Self.publications(1...2), .endStream))
            try await connection.roundTrip()
            gate.open()
            #expect(try await stream.reply().error == (isAccepted ? nil : .permissionDenied))
            #expect(try await stream.texts() == (isAccepted ? ["1", "2", #""that was all""#] : []))
            #expect(stream.status == "0")
            try await connection.stillServes()
        }
    }

    /// Hostile input: half-close.
    @Test("ends a waiting reader's sequence, and nothing else", arguments: ProxyServer.Executor.all)
    func waitingReader(executor: ProxyServer.Executor) async throws {
        let steps = Events<Step>()
        let gate = Gate()
        try await TestServer.run(
            bidirectional: { _ in
                BidirectionalSubscription { publications, writer in
                    var iterator = publications.makeAsyncIterator()
                    steps.tell(.began())
                    // And it remains so.
                    for _ in 0..<2 { steps.tell(.read(await iterator.next()?.data.text)) }
                    await gate.pass()
                    if Task.isCancelled { steps.tell(.cancelled()) }
                    try await writer.write(Publication(data: "later"))
                    return .interrupted
                }
            },
            configuration: .test(executor)
        ) { _, connection async throws in
            let stream = connection.subscribeBoth()
            #expect(await steps.next() == .began())
            _ = try await stream.reply()
            stream.halfClose()
            #expect(await steps.next() == .read(nil))
            #expect(await steps.next() == .read(nil))
            try await connection.roundTrip()
            gate.open()
            #expect(try await stream.texts() == [#""later""#])
            #expect(stream.status == "14")
            try await connection.stillServes()
        }
    }

    /// Hostile input: half-close.
    @Test("keeps unread publications", arguments: ProxyServer.Executor.all)
    func buffered(executor: ProxyServer.Executor) async throws {
        let steps = Events<Step>()
        let gate = Gate()
        try await TestServer.run(
            bidirectional: { _ in
                BidirectionalSubscription { publications, _ in
                    steps.tell(.began())
                    await gate.pass()
                    for await publication in publications { steps.tell(.read(publication.data.text)) }
                    steps.tell(.read(nil))
                    return .finished
                }
            },
            configuration: .test(executor)
        ) { _, connection async throws in
            let stream = connection.subscribeBoth()
            #expect(await steps.next() == .began())
            // More than may wait for a reader without credit being withheld.
            let large = String(repeating: "x", count: 40_000)
            connection.send(
                .data(stream.id, PeerStream.publication("1") + Array(PeerStream.publication(large).prefix(10_000)))
            )
            let rest = Array(PeerStream.publication(large).dropFirst(10_000))
            for start in stride(from: 0, to: rest.count, by: 10_000) {
                connection.send(.data(stream.id, Array(rest[start..<min(start + 10_000, rest.count)])))
            }
            connection.send(.data(stream.id, PeerStream.publication("2"), .endStream))
            try await connection.roundTrip()
            gate.open()
            for text in ["1", large, "2", nil] { #expect(await steps.next() == .read(text)) }
            #expect(try await stream.end() == "0")
            try await connection.stillServes()
        }
    }

    /// Hostile input: half-close.
    @Test("leaves a subscription of a hub open until the handler ends it", arguments: ProxyServer.Executor.all)
    func hub(executor: ProxyServer.Executor) async throws {
        let steps = Events<Step>()
        let gate = Gate()
        let hub = ChannelHub()
        try await TestServer.run(
            bidirectional: { _ in
                BidirectionalSubscription(from: hub, channel: "room") { publications, _ in
                    for await publication in publications { try hub.publish(publication, to: "room") }
                    steps.tell(.read(nil))
                    await gate.pass()
                    return .finished
                }
            },
            configuration: .test(executor)
        ) { _, connection async throws in
            let stream = PeerStream(connection, id: connection.newStreamID())
            connection.send(Self.frames(.oneFrame, on: stream.id))
            _ = try await stream.reply()
            for number in 1...3 { #expect(try await stream.text() == "\(number)") }
            #expect(await steps.next() == .read(nil))
            try hub.publish(Publication(data: "news"), to: "room")
            #expect(try await stream.text() == #""news""#)
            #expect(await hub.subscriberCount(of: "room") == 1)
            gate.open()
            #expect(try await stream.end() == "0")
            #expect(await hub.subscriberCount(of: "room") == 0)
        }
    }

    /// What ends a stream whose peer has ended its side.
    enum Leave: CaseIterable {
        case reset
        case disconnect
        case deadline
    }

    /// Hostile input: half-close.
    @Test("cancels when a reset, a lost connection or the deadline follows", arguments: [true, false], Leave.allCases)
    func leaving(isDeciding: Bool, how: Leave) async throws {
        let steps = Events<Step>()
        try await TestServer.run(
            bidirectional: { _ in
                if isDeciding { _ = await steps.untilCancelled() }
                return BidirectionalSubscription { _, _ in await steps.untilCancelled() }
            }
        ) { server, connection async throws in
            let stream = connection.subscribeBoth(changes: ["grpc-timeout": how == .deadline ? "1S" : nil])
            #expect(await steps.next() == .began())
            stream.halfClose()
            switch how {
            case .reset: stream.cancel()
            case .disconnect: await connection.close()
            case .deadline: #expect(try await stream.end() == "4")
            }
            #expect(await steps.next() == .cancelled())
            #expect(await steps.next() == .ended())
            try await server.connect().stillServes()
        }
    }

    /// What precedes END_STREAM, and what the handler gets of it.
    private static let cut: [(body: [UInt8], read: [String])] = [
        ([0], []),
        (Array(PeerStream.publication("1").prefix(4)), []),
        (Array(PeerStream.publication("1").prefix(5)), []),
        (Array(PeerStream.publication("1").dropLast()), []),
        (publications(1...2) + [0, 0], ["1", "2"]),
        (publications(1...3) + PeerStream.publication("4").dropLast(), ["1", "2", "3"]),
    ]

    /// Hostile input: half-close, cut-message.
    @Test("fails inside a message, after the whole ones", arguments: ProxyServer.Executor.all, cut.indices)
    func cutMessage(executor: ProxyServer.Executor, index: Int) async throws {
        let steps = Events<Step>()
        try await TestServer.run(
            bidirectional: { _ in
                BidirectionalSubscription { publications, _ in
                    for await publication in publications { steps.tell(.read(publication.data.text)) }
                    steps.tell(.read(nil))
                    // Nothing that it returns tells the peer that all is well.
                    return .finished
                }
            },
            configuration: .test(executor)
        ) { _, connection async throws in
            let (body, read) = Self.cut[index]
            let one = connection.subscribeBoth()
            _ = try await one.reply()
            connection.send(.data(one.id, body, .endStream))
            for text in read + [nil] { #expect(await steps.next() == .read(text)) }
            #expect(try await one.end() == "13")
            // In one write with the request: a cut message alone is not worth a decision.
            let id = connection.start(path: ProxyEvent.subscribeBidirectional.path, body: Self.request + body)
            #expect(try await PeerStream(connection, id: id).end() == "13")
            try await connection.stillServes()
        }
    }

    /// Hostile input: half-close, cut-message.
    @Test("fails on a cut message that is never read")
    func cutUnread() async throws {
        let steps = Events<Step>()
        try await TestServer.run(
            bidirectional: { _ in BidirectionalSubscription { _, _ in await steps.untilCancelled() } }
        ) { _, connection async throws in
            let stream = connection.subscribeBoth()
            #expect(await steps.next() == .began())
            connection.send(.data(stream.id, [0, 0], .endStream))
            #expect(await steps.next() == .cancelled())
            #expect(try await stream.end() == "13")
            try await connection.stillServes()
        }
    }

    /// Hostile input: half-close, cut-message.
    @Test("leaves one-way subscriptions alone, unless it cuts a message", arguments: ProxyServer.Executor.all)
    func oneWay(executor: ProxyServer.Executor) async throws {
        let hub = ChannelHub()
        try await TestServer.run(
            unidirectional: { UnidirectionalSubscription(from: hub, channel: $0.channel) },
            configuration: .test(executor)
        ) { _, connection async throws in
            let body = lengthPrefixed(SubscribeRequest(encoding: "json", channel: "room").wireBytes())
            let whole = connection.start(path: ProxyEvent.subscribeUnidirectional.path, body: body)
            let stream = PeerStream(connection, id: whole)
            _ = try await stream.reply()
            try hub.publish(Publication(data: "news"), to: "room")
            #expect(try await stream.text() == #""news""#)
            for rest in [[0], [0, 0, 0, 0, 2, 1]] as [[UInt8]] {
                let cut = connection.start(path: ProxyEvent.subscribeUnidirectional.path, body: body + rest)
                #expect(try await PeerStream(connection, id: cut).end() == "13")
            }
            #expect(await hub.subscriberCount(of: "room") == 1)
            try await connection.stillServes()
        }
    }
}
