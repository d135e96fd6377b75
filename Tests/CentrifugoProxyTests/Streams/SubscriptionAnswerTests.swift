import CentrifugoProxy
import HTTP2FrameKit
import Testing

/// How a subscription begins: its first message, or its refusal.
@Suite(.serialized, .timeLimit(.minutes(1))) struct SubscriptionAnswerTests {
    private struct Secret: Error, CustomStringConvertible {
        var description: String { "password=hunter2" }
    }

    @Test("begins with the reply, in the client's encoding", arguments: ProxyServer.Executor.all)
    func reply(executor: ProxyServer.Executor) async throws {
        try await TestServer.run(
            unidirectional: { request in
                var result = SubscribeResult(info: .bytes([0x31]), data: .text("\(request.channel)!"))
                result.override = SubscribeOptionOverride(presence: true)
                return UnidirectionalSubscription(result: result) { _ in .finished }
            },
            configuration: .test(executor)
        ) { _, connection async throws in
            let plain = connection.subscribe("news")
            let reply = try #require(try await plain.reply().result)
            #expect(reply.data.bytes == Array(#""news!""#.utf8) && reply.info.bytes == [0x31])
            #expect(reply.b64data.isEmpty && reply.b64info.isEmpty)
            #expect(reply.override?.presence == true)
            #expect(plain.headers[":status"] == "200" && plain.headers["content-type"] == "application/grpc")
            #expect(try await plain.end() == "0")

            let binary = connection.subscribe("news", encoding: "binary")
            let coded = try #require(try await binary.reply().result)
            #expect(coded.data.isEmpty && coded.info.isEmpty)
            #expect(coded.b64data == "bmV3cyE=" && coded.b64info == "MQ==")
            #expect(try await binary.end() == "0")
        }
    }

    @Test("passes the request and the call's context to the handler")
    func request() async throws {
        actor Handler: SubscribeBidirectionalHandler {
            func subscribeBidirectional(
                _ request: SubscribeRequest,
                context: CallContext
            ) async throws -> BidirectionalSubscription {
                let seen = [
                    request.user, request.channel, context.metadata.first("x-tenant") ?? "", context.event.methodName,
                ]
                let data = try Payload.json(seen)
                return BidirectionalSubscription(result: SubscribeResult(data: data)) { _, _ in .finished }
            }
        }
        try await TestServer.run(ProxyService(subscribeBidirectional: Handler())) { server async throws in
            let connection = try await server.connect()
            let request = SubscribeRequest(encoding: "json", user: "42", channel: "chat")
            let first = StreamSubscribeRequest(subscribeRequest: request)
            let stream = connection.open(.subscribeBidirectional, first, changes: ["x-tenant": "blue"])
            #expect(try await stream.reply().result?.data.text == #"["42","chat","blue","SubscribeBidirectional"]"#)
        }
    }

    @Test("refuses in the first message, and ends with status OK", arguments: ProxyServer.Executor.all)
    func refusals(executor: ProxyServer.Executor) async throws {
        let service = ProxyService(
            rpc: Commands(),
            subscribeUnidirectional: Subscriptions(unidirectional: { request in
                if request.channel == "error" { throw CentrifugoError.permissionDenied }
                throw Disconnect.forbidden
            }),
            subscribeBidirectional: Subscriptions(bidirectional: { request in
                if request.channel == "error" { throw CentrifugoError.permissionDenied }
                throw Disconnect.forbidden
            })
        )
        try await TestServer.run(service, configuration: .test(executor)) { server async throws in
            let connection = try await server.connect()
            for subscribe in [
                { connection.subscribe($0) }, { connection.subscribeBoth($0) },
            ] as [(String) -> PeerStream] {
                let error = subscribe("error")
                #expect(try await error.reply() == SubscribeResponse(error: .permissionDenied))
                #expect(try await error.texts().isEmpty && error.status == "0")
                let disconnect = subscribe("disconnect")
                #expect(try await disconnect.reply() == SubscribeResponse(disconnect: .forbidden))
                #expect(try await disconnect.texts().isEmpty && disconnect.status == "0")
            }
            #expect(server.log.lines().isEmpty)
            try await connection.stillServes()
        }
    }

    @Test("ends with a thrown status, but never with OK", arguments: ProxyServer.Executor.all)
    func status(executor: ProxyServer.Executor) async throws {
        try await TestServer.run(
            unidirectional: { request in
                throw GRPCStatus(request.channel == "ok" ? .ok : .resourceExhausted, "sold out")
            },
            configuration: .test(executor)
        ) { _, connection async throws in
            let stream = connection.subscribe()
            #expect(try await stream.end() == "8")
            #expect(stream.isTrailersOnly && stream.statusMessage == "sold out")
            let ok = connection.subscribe("ok")
            #expect(try await ok.end() == "2")
            #expect(ok.isTrailersOnly)
            try await connection.stillServes()
        }
    }

    @Test("keeps an unknown error's text to the log", arguments: ProxyServer.Executor.all)
    func secrets(executor: ProxyServer.Executor) async throws {
        try await TestServer.run(
            unidirectional: { request in
                if request.channel == "before" { throw Secret() }
                return UnidirectionalSubscription { _ in throw Secret() }
            },
            configuration: .test(executor)
        ) { server, connection async throws in
            let before = connection.subscribe("before")
            #expect(try await before.end() == "2")
            #expect(before.isTrailersOnly && before.statusMessage == "the handler failed")
            let after = connection.subscribe("after")
            _ = try await after.reply()
            #expect(try await after.end() == "14")
            #expect(server.log.lines().count == 2)
            for line in server.log.lines() { #expect("\(line.metadata)".contains("hunter2")) }
            for frame in connection.history {
                let text =
                    switch frame {
                    case .headers(_, let fields, _): "\(fields)"
                    case .data(_, let bytes, _): String(decoding: bytes, as: UTF8.self)
                    default: ""
                    }
                #expect(!text.contains("hunter2") && !text.contains("Secret"))
            }
        }
    }

    @Test("refuses a result that a JSON client cannot read")
    func notJSON() async throws {
        try await TestServer.run(
            unidirectional: { _ in
                UnidirectionalSubscription(result: SubscribeResult(data: .bytes([0x7B]))) { _ in .finished }
            }
        ) { server, connection async throws in
            let stream = connection.subscribe()
            #expect(try await stream.end() == "13")
            #expect(stream.isTrailersOnly)
            #expect(server.log.lines().count == 1)
            let binary = connection.subscribe(encoding: "binary")
            #expect(try await binary.reply().result?.b64data == "ew==")
        }
    }

    /// First messages that do not open a subscription.
    private static let broken: [(ProxyEvent, [UInt8], String)] = [
        (.subscribeUnidirectional, lengthPrefixed([0x00]), "13"),
        (.subscribeUnidirectional, lengthPrefixed([0x5A, 0x7F]), "13"),
        (.subscribeUnidirectional, lengthPrefixed([0x5A, 1, 0xFF]), "13"),
        (.subscribeUnidirectional, lengthPrefixed([], flag: 1), "13"),
        (.subscribeUnidirectional, lengthPrefixed([], flag: 2), "13"),
        (.subscribeUnidirectional, [0, 0xFF, 0xFF, 0xFF, 0xFF], "8"),
        (.subscribeBidirectional, lengthPrefixed([0x0A, 5]), "13"),
        (.subscribeBidirectional, lengthPrefixed([]), "13"),
        (.subscribeBidirectional, PeerStream.publication("first"), "13"),
        (.subscribeBidirectional, [0, 4, 0, 0, 0], "8"),
    ]

    @Test("refuses first messages that do not open a subscription", arguments: broken)
    func malformed(event: ProxyEvent, body: [UInt8], status: String) async throws {
        let service = ProxyService(
            rpc: Commands(),
            subscribeUnidirectional: Subscriptions(),
            subscribeBidirectional: Subscriptions()
        )
        try await TestServer.run(service) { server async throws in
            let connection = try await server.connect()
            let stream = connection.open(event, nil)
            connection.send(.data(stream.id, body))
            #expect(try await stream.end() == status)
            #expect(stream.isTrailersOnly)
            try await connection.stillServes()
        }
    }

    @Test(
        "refuses a stream that ends before its request",
        arguments: [ProxyEvent.subscribeUnidirectional, .subscribeBidirectional],
        [0, 3, 6]
    )
    func ended(event: ProxyEvent, arrived: Int) async throws {
        let service = ProxyService(
            rpc: Commands(),
            subscribeUnidirectional: Subscriptions(),
            subscribeBidirectional: Subscriptions()
        )
        try await TestServer.run(service) { server async throws in
            let connection = try await server.connect()
            let body = lengthPrefixed(SubscribeRequest(channel: "news").wireBytes())
            let id = connection.start(path: event.path, body: Array(body.prefix(arrived)))
            #expect(try await connection.answer(to: id).headers["grpc-status"] == "13")
            try await connection.stillServes()
        }
    }

    @Test("reads a request that arrives byte by byte")
    func pieces() async throws {
        try await TestServer.run(
            bidirectional: { request in
                BidirectionalSubscription(result: SubscribeResult(data: .text(request.channel))) { _, _ in .finished }
            }
        ) { _, connection async throws in
            let stream = connection.open(.subscribeBidirectional, nil)
            let request = SubscribeRequest(encoding: "json", channel: "slow")
            for byte in lengthPrefixed(StreamSubscribeRequest(subscribeRequest: request).wireBytes()) {
                try await connection.sendApart([.data(stream.id, [byte])], [])
            }
            #expect(try await stream.reply().result?.data.text == #""slow""#)
        }
    }
}
