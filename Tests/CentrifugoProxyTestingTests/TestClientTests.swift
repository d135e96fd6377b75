import CentrifugoProxy
import CentrifugoProxyTesting
import GRPCCall
import ProxyMessages
import Testing

/// Answers with what it was asked.
private actor Echo: ConnectHandler, RPCHandler {
    func connect(_ request: ConnectRequest, context: CallContext) async throws -> ConnectResult {
        ConnectResult(user: try request.payload.decode(String.self), meta: Array("{}".utf8))
    }

    func rpc(_ request: RPCRequest, context: CallContext) async throws -> RPCResult {
        switch request.method {
        case "wait":
            // No test waits for it: it ends by being cancelled.
            try await Task.sleep(for: .seconds(3_600))
            return RPCResult()
        case "headers": return RPCResult(data: try .json(context.metadata["x-a"]))
        case "bytes": return RPCResult(data: .bytes([0xFF]))
        default: return RPCResult(data: try .json([request.user, request.payload.text, request.client]))
        }
    }
}

@Suite struct TestClientTests {
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
        let client = metas.client.connected(as: ConnectResult(user: "alice", meta: Array("{}".utf8)))
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
