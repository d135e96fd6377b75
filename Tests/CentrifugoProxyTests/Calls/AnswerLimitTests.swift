import CentrifugoProxy
import HTTP2FrameKit
import Logging
import ProtobufWire
import Testing

/// The largest message for a peer, which Centrifugo would refuse above 4 MiB, in every way in which one can be sent.
@Suite(.serialized, .timeLimit(.minutes(2))) struct AnswerLimitTests {
    private static let text = String(repeating: "x", count: 2_000)
    private static let payload = Payload.bytes(Array("\"\(text)\"".utf8))
    private static let publication = Publication(data: payload)

    /// Answers with a payload or an error of some length.
    private actor Handler: RPCHandler, SubscribeUnidirectionalHandler, SubscribeBidirectionalHandler {
        let hub: ChannelHub

        init(hub: ChannelHub = ChannelHub()) {
            self.hub = hub
        }

        static func result(_ name: String) throws -> SubscribeResult {
            if name == "refusal" { throw try CentrifugoError(code: 400, message: text) }
            return SubscribeResult(data: name == "large" ? payload : .empty)
        }

        func rpc(_ request: RPCRequest, context: CallContext) async throws -> RPCResult {
            RPCResult(data: try Self.result(request.method).data)
        }

        func subscribeUnidirectional(
            _ request: SubscribeRequest,
            context: CallContext
        ) async throws -> UnidirectionalSubscription {
            UnidirectionalSubscription(result: try Self.result(request.channel), from: hub, channel: "room")
        }

        func subscribeBidirectional(
            _ request: SubscribeRequest,
            context: CallContext
        ) async throws -> BidirectionalSubscription {
            BidirectionalSubscription(result: try Self.result(request.channel)) { _, _ in .finished }
        }

        nonisolated var service: ProxyService {
            ProxyService(rpc: self, subscribeUnidirectional: self, subscribeBidirectional: self)
        }
    }

    private static func run(_ service: ProxyService, limit: Int, _ body: (TestServer) async throws -> Void) async throws
    {
        var configuration = ProxyServer.Configuration.test()
        configuration.limits.maxAnswerSize = limit
        try await TestServer.run(service, configuration: configuration, body)
    }

    /// A message that answers a peer's, and where it is sent.
    private struct Answer: CustomTestStringConvertible, Sendable {
        let testDescription: String
        let event: ProxyEvent
        let request: [UInt8]
        let size: Int

        init(_ name: String, _ event: ProxyEvent, _ request: some WireMessage, _ answer: some WireMessage) {
            testDescription = "\(event.methodName), \(name)"
            self.event = event
            self.request = lengthPrefixed(request.wireBytes())
            size = answer.wireBytes().count
        }
    }

    private static func answers() throws -> [Answer] {
        let refusal = try CentrifugoError(code: 400, message: text)
        let result = SubscribeResponse(result: SubscribeResult(data: payload))
        let streams: [(ProxyEvent, @Sendable (SubscribeRequest) -> any WireMessage)] = [
            (.subscribeUnidirectional, { $0 }),
            (.subscribeBidirectional, { StreamSubscribeRequest(subscribeRequest: $0) }),
        ]
        return [
            Answer("a result", .rpc, RPCRequest(method: "large"), RPCResponse(result: RPCResult(data: payload))),
            Answer("a refusal", .rpc, RPCRequest(method: "refusal"), RPCResponse(error: refusal)),
        ]
            + streams.flatMap { event, request in
                [("large", "a result", result), ("refusal", "a refusal", SubscribeResponse(error: refusal))].map {
                    channel,
                    name,
                    response in
                    Answer(
                        name,
                        event,
                        request(SubscribeRequest(channel: channel)),
                        StreamSubscribeResponse(subscribeResponse: response)
                    )
                }
            }
    }

    /// Hostile input: answer-too-large.
    @Test("sends no answer above the limit, unary or first of a stream, and logs event and size")
    func answers() async throws {
        for answer in try Self.answers() {
            for limit in [answer.size, answer.size - 1] {
                try await Self.run(Handler().service, limit: limit) { server in
                    let connection = try await server.connect()
                    let id = connection.start(path: answer.event.path, body: answer.request)
                    let isSent = limit == answer.size
                    let name = Comment(rawValue: answer.testDescription)
                    let stream = PeerStream(connection, id: id)
                    if isSent {
                        try await stream.opened()
                        #expect(stream.status == nil, name)
                    } else {
                        #expect(try await stream.end() == "8", name)
                        #expect(stream.isTrailersOnly, name)
                        let line = try #require(server.log.lines(from: .error).first, name)
                        #expect(line.metadata["event"] == .string(answer.event.methodName), name)
                        #expect(line.metadata["bytes"] == "\(answer.size)", name)
                    }
                    #expect(server.log.lines(from: .error).count == (isSent ? 0 : 1), name)
                }
            }
        }
    }

    private static let publicationSize = StreamSubscribeResponse(publication: publication).wireBytes().count

    /// Hostile input: answer-too-large.
    @Test("reports a too large write or publication to its author, and the stream continues")
    func publications() async throws {
        for limit in [Self.publicationSize, Self.publicationSize - 1] {
            let isSent = limit == Self.publicationSize
            let hub = ChannelHub()
            let steps = Events<Step>()
            let service = ProxyService(
                subscribeUnidirectional: Subscriptions(unidirectional: { request in
                    guard request.channel == "writer" else {
                        return UnidirectionalSubscription(from: hub, channel: "room")
                    }
                    return UnidirectionalSubscription { writer in
                        do {
                            try await writer.write(Self.publication)
                        } catch let error as PayloadError {
                            steps.tell(.threw(error.description))
                        }
                        try await writer.write(Publication(data: "next"))
                        return .finished
                    }
                })
            )
            try await Self.run(service, limit: limit) { server in
                let connection = try await server.connect()
                let written = connection.subscribe("writer")
                let published = connection.subscribe("hub")
                for stream in [written, published] { _ = try await stream.reply() }
                if isSent {
                    try hub.publish(Self.publication, to: "room")
                } else {
                    let error = #expect(throws: PayloadError.self) { try hub.publish(Self.publication, to: "room") }
                    // One sentence for both ways.
                    #expect(await steps.next() == .threw(error?.description ?? ""))
                    #expect(error?.description.contains("\(Self.publicationSize)") == true)
                }
                try hub.publish(Publication(data: "next"), to: "room")
                for stream in [written, published] {
                    if isSent { #expect(try await stream.text() == "\"\(Self.text)\"") }
                    #expect(try await stream.text() == #""next""#)
                }
                published.cancel()
            }
        }
    }

    /// Hostile input: answer-too-large.
    @Test("answers no reflection above the limit")
    func reflection() async throws {
        var size = 0
        for cut in [nil, 0, 1] as [Int?] {
            try await Self.run(ProxyService(), limit: cut.map { size - $0 } ?? 4 << 20) { server in
                let connection = try await server.connect()
                let request = lengthPrefixed(ReflectionRequest(host: "", .fileByFilename("proxy.proto")).wireBytes())
                let id = connection.start(path: RawConnection.reflectionPath("v1"), body: request)
                let answer = try await connection.answer(to: id)
                if cut == nil { size = answer.body.count - 5 }
                #expect(answer.grpcStatus == (cut == 1 ? "8" : "0"))
                #expect(answer.body.isEmpty == (cut == 1))
            }
        }
        #expect(size > 1_000)
    }
}
