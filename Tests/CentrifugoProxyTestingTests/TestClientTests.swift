import CentrifugoProxy
import CentrifugoProxyTesting
import GRPCCall
import ProxyMessages
import Testing

/// Answers with what it was asked.
private actor Echo: ConnectHandler, RPCHandler {
    /// Tells of calls that wait.
    nonisolated let began = AsyncStream<Void>.makeStream()
    /// The ends of the calls that had something to do after their answers.
    private(set) var ends: [CallEnd] = []

    private func ended(_ end: CallEnd) {
        ends.append(end)
    }

    func connect(_ request: ConnectRequest, context: CallContext) async throws -> ConnectResult {
        ConnectResult(user: try request.payload.decode(String.self), meta: "{}")
    }

    func rpc(_ request: RPCRequest, context: CallContext) async throws -> RPCResult {
        switch request.method {
        case "after", "refuse after", "fail after":
            context.whenOver { end in
                await Task.yield()
                await self.ended(end)
            }
            if request.method == "refuse after" { throw CentrifugoError.permissionDenied }
            if request.method == "fail after" { throw GRPCStatus(.aborted, "ü%") }
            return RPCResult()
        case "all headers": return RPCResult(data: try .json(context.metadata.map { "\($0.name): \($0.value)" }))
        case "remaining": return RPCResult(data: try .json(context.remainingTime?.components.seconds))
        case "wait":
            context.whenOver { await self.ended($0) }
            began.continuation.yield()
            // No test waits for it: it ends by being cancelled.
            try await Task.sleep(for: .seconds(3_600))
            return RPCResult()
        case "headers": return RPCResult(data: try .json(context.metadata["x-a"]))
        case "bytes": return RPCResult(data: .bytes([0xFF]))
        default: return RPCResult(data: try .json([request.user, request.payload.text, request.client]))
        }
    }
}

/// Tells when it is released.
private actor Mortal: RPCHandler, SubscribeBidirectionalHandler {
    private let released: AsyncStream<Void>.Continuation

    init(_ released: AsyncStream<Void>.Continuation) {
        self.released = released
    }

    deinit {
        released.yield()
    }

    func rpc(_ request: RPCRequest, context: CallContext) async throws -> RPCResult {
        // No test waits for it: it ends by being cancelled.
        if request.method == "wait" { try await Task.sleep(for: .seconds(3_600)) }
        return RPCResult()
    }

    func subscribeBidirectional(
        _ request: SubscribeRequest,
        context: CallContext
    ) async throws -> BidirectionalSubscription {
        BidirectionalSubscription { publications, _ in
            for await _ in publications {}
            return .finished
        }
    }
}

@Suite(.timeLimit(.minutes(1))) struct TestClientTests {
    @Test("asks as the client that it is")
    func identity() async throws {
        let echo = Echo()
        let client = TestClient(connect: echo, rpc: echo)
        let result = try #require(try await client.connect(data: #""alice""#).result)
        var alice = client.connected(as: result)
        #expect(alice.user == "alice" && alice.meta == result.meta)
        alice.client = "42"
        #expect(try await alice.rpc("", data: "{}").result?.data == #"["alice","{}","42"]"#)
        alice.metadata = ["x-a": "1", "X-A": "2"]
        #expect(try await alice.rpc("headers").result?.data == #"["1","2"]"#)
    }

    @Test("sends meta only where the proxies of Centrifugo include it")
    func meta() async throws {
        let metas = Metas()
        let client = metas.client.connected(as: ConnectResult(user: "alice", meta: "{}"))
        for (includes, sent) in [(false, ""), (true, "{}")] {
            let client = client.with { $0.includesConnectionMeta = includes }
            _ = try await client.refresh()
            _ = try await client.subscribe(to: "a")
            _ = try await client.subRefresh("a")
            _ = try await client.publish("1", to: "a")
            _ = try await client.rpc("a")
            _ = try await client.mapPublish("1", key: "k", in: "a")
            _ = try await client.mapRemove(key: "k", from: "a")
            _ = await (try client.subscribeUnidirectional(to: "a")).end()
            _ = await (try client.subscribeBidirectional(to: "a")).end()
            #expect(await metas.take() == Array(repeating: sent, count: 9))
        }
    }

    @Test("sends and receives base64 for a client with binary encoding")
    func binary() async throws {
        let client = TestClient(rpc: Echo()).with { $0.encoding = "binary" }
        let simulator = Simulator(encoding: "binary")
        let call = try await client.with { $0.client = "1" }.rpc("", data: "ü")
        #expect(call.result?.b64data.isEmpty == false && call.result?.data.isEmpty == true)
        #expect(simulator.rpc(call).text == #"["","ü","1"]"#)
        #expect(simulator.rpc(try await client.rpc("bytes")).data == [0xFF])
    }

    @Test("checks what clients with JSON read, whatever the encoding")
    func protocols() async throws {
        let client = TestClient(rpc: Echo())
        #expect(client.protocol == "json" && client.with { $0.encoding = "binary" }.protocol == "protobuf")
        let protobuf = client.with { $0.protocol = "protobuf" }
        let call = try await protobuf.rpc("bytes")
        #expect(call.result?.data.bytes == [0xFF])
        #expect(Simulator(protocol: "protobuf").rpc(call).traps == [])
        #expect(Simulator().rpc(call).traps == [.notJSON])
        let json = client.with {
            $0.encoding = "binary"
            $0.protocol = "json"
        }
        #expect(json.encoding == "binary" && json.protocol == "json")
        await #expect(throws: GRPCStatus.self) { try await json.rpc("bytes") }
        #expect(try await json.rpc("", data: "1").result?.b64data.isEmpty == false)
    }

    @Test("throws the status of a call that has one")
    func status() async throws {
        let client = TestClient(rpc: Echo())
        await #expect(throws: GRPCStatus(.internalError, "the answer cannot be encoded")) {
            try await client.rpc("bytes")
        }
        await #expect(throws: GRPCStatus(.unimplemented, "no handler for SharedPollRefresh")) {
            try await client.sharedPollRefresh("prices", versions: ["a": 1])
        }
    }

    @Test("ends a call whose time is over")
    func deadline() async throws {
        let client = TestClient(ProxyService(rpc: Echo()), timeout: .milliseconds(1))
        await #expect(throws: GRPCStatus(.deadlineExceeded, "the deadline passed")) { try await client.rpc("wait") }
    }

    @Test("leaves a call whose task is cancelled, and waits for what its handler still does")
    func cancelling() async throws {
        let echo = Echo()
        let client = TestClient(rpc: echo)
        let call = Task { try await client.rpc("wait") }
        _ = await echo.began.stream.first { _ in true }
        call.cancel()
        await #expect(throws: GRPCStatus(.cancelled)) { try await call.value }
        #expect(await echo.ends == [.abandoned])
        // Too early for a handler to be asked, or just not.
        let early = Task { try await client.rpc("wait") }
        early.cancel()
        await #expect(throws: GRPCStatus(.cancelled)) { try await early.value }
    }

    @Test("returns after all that the handler does", arguments: ["after", "refuse after", "fail after"])
    func whenOver(method: String) async throws {
        let echo = Echo()
        let client = TestClient(rpc: echo)
        switch method {
        case "after": #expect(try await client.rpc(method).error == nil)
        case "refuse after": #expect(try await client.rpc(method).error == .permissionDenied)
        default: await #expect(throws: GRPCStatus(.aborted, "ü%")) { try await client.rpc(method) }
        }
        #expect(await echo.ends == [method == "fail after" ? .failed(GRPCStatus(.aborted, "ü%")) : .answered])
    }

    @Test("sends metadata as gRPC does, bytes too, and nothing beside it")
    func metadata() async throws {
        var metadata: Metadata = ["x-a": "1"]
        metadata.append([0, 0xFF], for: "x-b-bin")
        let client = TestClient(ProxyService(rpc: Echo()), metadata: metadata, timeout: .seconds(3_600))
        #expect(try await client.rpc("all headers").result?.data == #"["x-a: 1","x-b-bin: AP8"]"#)
        // Which no peer may send: RFC 9113 §8.2.2.
        let wrong = client.with { $0.metadata = ["connection": "close"] }
        await #expect(throws: GRPCStatus.self) { try await wrong.rpc("all headers") }
    }

    @Test("tells the handler of the deadline that it sends")
    func remaining() async throws {
        let client = TestClient(rpc: Echo())
        func seconds(_ timeout: Duration?) async throws -> Int? {
            try await client.with { $0.timeout = timeout }.rpc("remaining").result?.data.text.flatMap { Int($0) }
        }
        #expect(try await (50...60).contains(seconds(.seconds(60)) ?? 0))
        #expect(try await seconds(nil) == nil)
        // Longer than any clock goes: as good as none.
        #expect(try await seconds(.seconds(1 << 40)) == nil)
    }

    @Test("ends a call that has no time", arguments: [Duration.zero, .seconds(-1)])
    func noTime(timeout: Duration) async throws {
        let client = TestClient(ProxyService(rpc: Echo()), timeout: timeout)
        await #expect(throws: GRPCStatus(.deadlineExceeded, "the deadline passed")) { try await client.rpc("wait") }
    }

    @Test("keeps nothing of a service when its calls are over")
    func release() async throws {
        let (released, continuation) = AsyncStream<Void>.makeStream()
        do {
            let client = TestClient(rpc: Mortal(continuation), subscribeBidirectional: Mortal(continuation))
            _ = try await client.rpc("")
            await #expect(throws: GRPCStatus(.deadlineExceeded, "the deadline passed")) {
                try await client.with { $0.timeout = .milliseconds(1) }.rpc("wait")
            }
            let stream = try await client.subscribeBidirectional(to: "")
            stream.cancel()
            #expect(await stream.end() == nil)
        }
        var releases = released.makeAsyncIterator()
        for _ in 0..<2 { await releases.next() }
    }

    @Test("makes hundreds of calls at a time")
    func parallel() async throws {
        let texts = try await withThrowingTaskGroup(of: String?.self) { group in
            for number in 0..<300 {
                group.addTask {
                    let client = TestClient(rpc: Echo()).with { $0.client = "\(number)" }
                    return try await client.rpc("", data: "1").result?.data.text
                }
            }
            return try await group.reduce(into: Set<String>()) { texts, text in
                if let text { texts.insert(text) }
            }
        }
        #expect(texts == Set((0..<300).map { #"["","1","\#($0)"]"# }))
    }

    @Test("finds events without a handler closed")
    func unhandled() async throws {
        let client = TestClient(ProxyService())
        #expect(try await client.connect().disconnect == .noHandler)
        #expect(try await client.refresh().result == .expired)
        #expect(try await client.subRefresh("a").result == .expired)
        #expect(try await client.subscribe(to: "a").error == .notFound)
        #expect(try await client.publish("1", to: "a").error == .notFound)
        #expect(try await client.mapPublish("1", key: "k", in: "a").error == .notFound)
        #expect(try await client.mapRemove(key: "k", from: "a").error == .notFound)
        #expect(try await client.notifyCacheEmpty("a").result?.populated == false)
        await #expect(throws: GRPCStatus.self) { try await client.notifyChannelState([]) }
        let stream = try await client.subscribeBidirectional(to: "a")
        #expect(stream.response.error == .notFound)
        #expect(await stream.end() == .ok)
    }
}
