#if HTTPBridge
import CentrifugoProxy
import HTTP2FrameKit
import Logging
import ProxyHTTPBridge
import ServiceLifecycle
import Testing
import UpstreamTestKit

/// The bridge behind a server's real socket.
@Suite(.timeLimit(.minutes(1))) struct HTTPBridgeServerTests {
    /// Serves the bridge, and ends both as an application does.
    private static func run(
        _ executor: ProxyServer.Executor,
        answer: @escaping TestUpstream.Answer,
        _ body: @Sendable (TestUpstream, inout Peer) async throws -> Void
    ) async throws {
        let silent = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        try await TestUpstream.run(answer) { upstream in
            var configuration = HTTPBridge.Configuration(baseURL: upstream.baseURL, allowed: ["post:news/**"])
            configuration.forwardedMetadata = ["authorization"]
            let bridge = try HTTPBridge(configuration, logger: silent)
            let ports = Events<Int>()
            let server = ProxyServer(
                ProxyService(rpc: bridge),
                configuration: .init(port: 0, eventLoops: 1, executor: executor),
                logger: silent,
                onListening: { ports.tell($0.first?.port ?? 0) }
            )
            let group = ServiceGroup(services: [bridge, server], logger: silent)
            try await withThrowingTaskGroup(of: Void.self) { tasks in
                tasks.addTask { try await group.run() }
                let port = try #require(await ports.next())
                try await Peer.run(port: port) { peer in try await body(upstream, &peer) }
                await group.triggerGracefulShutdown()
                try await tasks.waitForAll()
            }
        }
    }

    @Test(
        "answers Centrifugo's calls with the upstream's answers",
        arguments: [.eventLoop, .global] as [ProxyServer.Executor]
    )
    func answers(executor: ProxyServer.Executor) async throws {
        let answer: TestUpstream.Answer = { try await $1.answer("201 Created", #"{"id":9007199254740993}"#) }
        try await Self.run(executor, answer: answer) { upstream, peer in
            let request = RPCRequest(encoding: "json", method: "post:news/store", data: Array(#"{"a":1}"#.utf8))
            let fields = [Field("authorization", "Bearer t"), Field("grpc-timeout", "60S")]
            try await peer.start(1, request.wireBytes(), adding: fields)
            let answer = try await peer.answer(to: 1)
            #expect(answer.status == "0")
            #expect(
                try RPCResponse(wireBytes: answer.message).result?.data.text == #"{"code":201,"id":9007199254740993}"#
            )
            let seen = try #require(await upstream.requests.next())
            #expect(seen.hasPrefix("POST /news/store HTTP/1.1\r\n"))
            #expect(seen.contains("\r\nauthorization: Bearer t\r\n"))
            #expect(seen.hasSuffix("\r\n\r\n{\"a\":1}"))

            try await peer.start(3, RPCRequest(encoding: "json", method: "post:admin").wireBytes())
            let refusal = try await peer.answer(to: 3)
            #expect(refusal.status == "0")
            #expect(try RPCResponse(wireBytes: refusal.message).error == .notFound)
        }
    }

    /// Hostile input: metadata-not-utf8.
    @Test("refuses to forward a value that would arrive as another one")
    func notUTF8() async throws {
        try await Self.run(.eventLoop, answer: { try await $1.answer() }) { upstream, peer in
            let request = RPCRequest(encoding: "json", method: "post:news/store").wireBytes()
            try await peer.start(1, request, adding: [Field(Array("authorization".utf8), [0x61, 0xFF])])
            let refusal = try await peer.answer(to: 1)
            #expect(refusal.status == "0")
            #expect(try RPCResponse(wireBytes: refusal.message).error == .badRequest)
            // Metadata that is not forwarded does not matter.
            try await peer.start(3, request, adding: [Field(Array("x-other".utf8), [0xFF])])
            #expect(try await peer.answer(to: 3).status == "0")
            #expect(await upstream.requests.next()?.contains("x-other") == false)
        }
    }

    @Test(
        "cancels the HTTP request when Centrifugo cancels the call",
        arguments: [.eventLoop, .global] as [ProxyServer.Executor]
    )
    func cancels(executor: ProxyServer.Executor) async throws {
        try await Self.run(executor, answer: { _, _ in }) { upstream, peer in
            try await peer.start(1, RPCRequest(encoding: "json", method: "post:news/store").wireBytes())
            #expect(await upstream.requests.next() != nil)
            try await peer.send(.resetStream(1, .cancel))
            #expect(await upstream.ends.next() == 1)
        }
    }
}
#endif
