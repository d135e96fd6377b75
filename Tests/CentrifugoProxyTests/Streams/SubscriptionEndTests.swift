import CentrifugoProxy
import HTTP2FrameKit
import Testing

/// How accepted subscriptions end.
@Suite(.serialized, .timeLimit(.minutes(1))) struct SubscriptionEndTests {
    private struct Failure: Error {}

    private static func outcome(_ name: String) throws -> SubscriptionEnd {
        switch name {
        case "finished": return .finished
        case "interrupted": return .interrupted
        case "error": throw CentrifugoError.permissionDenied
        case "disconnect": throw Disconnect.forbidden
        case "cancellation": throw CancellationError()
        case "status": throw GRPCStatus(.dataLoss, "gone")
        case "ok": throw GRPCStatus.ok
        default: throw Failure()
        }
    }

    private static let endings = [
        ("finished", "0"), ("interrupted", "14"), ("error", "14"), ("disconnect", "14"), ("cancellation", "14"),
        ("status", "15"), ("ok", "2"), ("failure", "14"),
    ]

    @Test("ends as the handler says, after what it wrote", arguments: ProxyServer.Executor.all, endings)
    func outcomes(executor: ProxyServer.Executor, outcome: (name: String, status: String)) async throws {
        let service = ProxyService(
            rpc: Commands(),
            subscribeUnidirectional: Subscriptions(unidirectional: { request in
                UnidirectionalSubscription { writer in
                    try await writer.write(Publication(data: .bytes([0x31])))
                    return try Self.outcome(request.channel)
                }
            }),
            subscribeBidirectional: Subscriptions(bidirectional: { request in
                BidirectionalSubscription { _, writer in
                    try await writer.write(Publication(data: .bytes([0x31])))
                    return try Self.outcome(request.channel)
                }
            })
        )
        try await TestServer.run(service, configuration: .test(executor)) { server async throws in
            let connection = try await server.connect()
            for stream in [connection.subscribe(outcome.name), connection.subscribeBoth(outcome.name)] {
                #expect(try await stream.reply().error == nil)
                #expect(try await stream.texts() == ["1"])
                #expect(stream.status == outcome.status)
            }
            try await connection.stillServes()
        }
    }

    @Test("ends with the messages of a handler's own status")
    func message() async throws {
        try await TestServer.run(
            unidirectional: { _ in UnidirectionalSubscription { _ in try Self.outcome("status") } }
        ) { _, connection async throws in
            let stream = connection.subscribe()
            #expect(try await stream.end() == "15")
            #expect(stream.statusMessage == "gone")
        }
    }

    /// The ways in which a peer leaves a stream.
    enum Leave: CaseIterable {
        case reset
        case disconnect
        case deadline
    }

    private static func leave(_ how: Leave, _ stream: PeerStream) async {
        switch how {
        case .reset: stream.cancel()
        case .disconnect: await stream.connection.close()
        case .deadline: break
        }
    }

    @Test("cancels the handler's task when the peer leaves", arguments: ProxyServer.Executor.all, Leave.allCases)
    func leaving(executor: ProxyServer.Executor, how: Leave) async throws {
        let steps = Events<Step>()
        try await TestServer.run(
            bidirectional: { _ in BidirectionalSubscription { _, _ in await steps.untilCancelled() } },
            configuration: .test(executor)
        ) { server, connection async throws in
            let stream = connection.subscribeBoth(changes: ["grpc-timeout": how == .deadline ? "1S" : nil])
            #expect(await steps.next() == .began())
            await Self.leave(how, stream)
            #expect(await steps.next() == .cancelled())
            #expect(await steps.next() == .ended())
            switch how {
            case .deadline: #expect(try await stream.end() == "4")
            case .reset:
                try await connection.roundTrip()
                // The first message, and nothing after the peer has left.
                #expect(connection.history.allSatisfy { $0.streamID != stream.id || !$0.endsStream })
            case .disconnect: return try await (try await server.connect()).stillServes()
            }
            try await connection.stillServes()
        }
    }

    @Test("ends pending reads with nil when the peer leaves", arguments: ProxyServer.Executor.all, Leave.allCases)
    func pendingRead(executor: ProxyServer.Executor, how: Leave) async throws {
        let steps = Events<Step>()
        try await TestServer.run(
            bidirectional: { _ in
                BidirectionalSubscription { publications, _ in
                    steps.tell(.began())
                    var iterator = publications.makeAsyncIterator()
                    steps.tell(.read(await iterator.next()?.data.text))
                    // And it remains so.
                    steps.tell(.read(await iterator.next()?.data.text))
                    return .finished
                }
            },
            configuration: .test(executor)
        ) { server, connection async throws in
            let stream = connection.subscribeBoth(changes: ["grpc-timeout": how == .deadline ? "1S" : nil])
            #expect(await steps.next() == .began())
            await Self.leave(how, stream)
            #expect(await steps.next() == .read(nil))
            #expect(await steps.next() == .read(nil))
        }
    }

    @Test("ends pending writes with an error when the peer leaves", arguments: ProxyServer.Executor.all, Leave.allCases)
    func pendingWrite(executor: ProxyServer.Executor, how: Leave) async throws {
        let steps = Events<Step>()
        var configuration = ProxyServer.Configuration.test(executor)
        configuration.limits.streamBufferSize = 100
        try await TestServer.run(
            bidirectional: { _ in
                BidirectionalSubscription { _, writer in
                    let publication = Publication(data: .text(String(repeating: "x", count: 200)))
                    // There is room until something is more than the buffer should hold.
                    try await writer.write(publication)
                    steps.tell(.began())
                    do {
                        try await writer.write(publication)
                    } catch is CancellationError {
                        steps.tell(.threw("pending"))
                    }
                    do {
                        try await writer.write(publication)
                    } catch is CancellationError {
                        steps.tell(.threw("next"))
                    }
                    return .finished
                }
            },
            configuration: configuration
        ) { server, _ async throws in
            let connection = try await server.connect(window: 0)
            let stream = connection.subscribeBoth(changes: ["grpc-timeout": how == .deadline ? "1S" : nil])
            #expect(await steps.next() == .began())
            await Self.leave(how, stream)
            #expect(await steps.next() == .threw("pending"))
            #expect(await steps.next() == .threw("next"))
        }
    }

    @Test("ends pending reads and writes when their own task is cancelled", arguments: ProxyServer.Executor.all)
    func cancelledChild(executor: ProxyServer.Executor) async throws {
        let steps = Events<Step>()
        var configuration = ProxyServer.Configuration.test(executor)
        configuration.limits.streamBufferSize = 100
        try await TestServer.run(
            bidirectional: { _ in
                BidirectionalSubscription { publications, writer in
                    let publication = Publication(data: .text(String(repeating: "x", count: 200)))
                    try await writer.write(publication)
                    // The usual shape: whichever direction is done first ends the other.
                    await withTaskGroup(of: Void.self) { group in
                        group.addTask { for await _ in publications {} }
                        group.addTask {
                            do {
                                try await writer.write(publication)
                            } catch {
                                steps.tell(.threw("\(type(of: error))"))
                            }
                        }
                        group.addTask {}
                        await group.next()
                        group.cancelAll()
                    }
                    steps.tell(.ended())
                    return .interrupted
                }
            },
            configuration: configuration
        ) { server, _ async throws in
            let connection = try await server.connect(window: 0)
            let stream = connection.subscribeBoth()
            #expect(await steps.next() == .threw("CancellationError"))
            #expect(await steps.next() == .ended())
            connection.send(.windowUpdate(stream.id, 100_000))
            _ = try await stream.reply()
            #expect(try await stream.text()?.count == 202)
            #expect(try await stream.end() == "14")
        }
    }

    @Test("does not end a one-way subscription at the peer's half-close", arguments: ProxyServer.Executor.all)
    func oneWayHalfClose(executor: ProxyServer.Executor) async throws {
        let steps = Events<Step>()
        let gate = Gate()
        try await TestServer.run(
            unidirectional: { _ in
                UnidirectionalSubscription { writer in
                    steps.tell(.began())
                    await gate.pass()
                    try await writer.write(Publication(data: .bytes([0x31])))
                    return .finished
                }
            },
            configuration: .test(executor)
        ) { _, connection async throws in
            let stream = connection.open(.subscribeUnidirectional, SubscribeRequest(encoding: "json"))
            #expect(await steps.next() == .began())
            connection.send(.data(stream.id, [], .endStream))
            try await connection.roundTrip()
            gate.open()
            _ = try await stream.reply()
            #expect(try await stream.texts() == ["1"])
            #expect(stream.status == "0" && stream.reset == nil)
        }
    }

    @Test("tells the peer that has not ended its side to stop, without error")
    func earlyEnd() async throws {
        try await TestServer.run(
            bidirectional: { _ in BidirectionalSubscription { _, _ in .finished } }
        ) { _, connection async throws in
            let stream = connection.subscribeBoth()
            #expect(try await stream.end() == "0")
            #expect(try await connection.expect { $0.streamID == stream.id } == .resetStream(stream.id, .noError))
            stream.publish("too late")
            try await connection.stillServes()
        }
    }

    @Test("lets a task that ignores its cancellation write and read nothing", arguments: ProxyServer.Executor.all)
    func late(executor: ProxyServer.Executor) async throws {
        let steps = Events<Step>()
        let gate = Gate()
        try await TestServer.run(
            bidirectional: { request in
                guard request.channel == "late" else { return BidirectionalSubscription { _, _ in .finished } }
                return BidirectionalSubscription { publications, writer in
                    steps.tell(.began())
                    await Task { await gate.pass() }.value
                    var iterator = publications.makeAsyncIterator()
                    steps.tell(.read(await iterator.next()?.data.text))
                    do {
                        try await writer.write(Publication(data: .bytes([0x31])))
                    } catch is CancellationError {
                        steps.tell(.threw("cancelled"))
                    }
                    return .finished
                }
            },
            configuration: .test(executor)
        ) { _, connection async throws in
            let stream = connection.subscribeBoth("late")
            #expect(await steps.next() == .began())
            stream.publish("unread")
            stream.cancel()
            try await connection.roundTrip()
            // It takes the other's place in the connection's table.
            let next = connection.subscribeBoth("next")
            gate.open()
            #expect(await steps.next() == .read(nil))
            #expect(await steps.next() == .threw("cancelled"))
            _ = try await next.reply()
            #expect(try await next.texts().isEmpty && next.status == "0")
        }
    }
}
