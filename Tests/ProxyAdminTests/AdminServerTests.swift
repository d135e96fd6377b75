import CentrifugoProxy
import Logging
import NIOCore
import NIOPosix
import ServiceLifecycle
import Testing

@testable import ProxyAdmin

@Suite(.timeLimit(.minutes(1))) struct AdminServerTests {
    private static let quiet = Logger(label: "admin") { _ in SwiftLogNoOpLogHandler() }
    private static let families: @Sendable () async -> [MetricFamily] = {
        [MetricFamily("calls", .counter, help: "Calls.", series: [.init([], .count(7))])]
    }

    /// Serves while `body` runs.
    private static func run(
        _ change: (inout AdminServer.Configuration) -> Void = { _ in },
        health: ServerHealth = ServerHealth(),
        _ body: @escaping @Sendable (Int, AdminServer) async throws -> Void
    ) async throws {
        var configuration = AdminServer.Configuration(listener: .tcp(port: 0))
        change(&configuration)
        let (ports, continuation) = AsyncStream.makeStream(of: Int.self)
        let server = AdminServer(configuration, health: health, metrics: [families], logger: quiet) {
            continuation.yield($0.port ?? 0)
        }
        let group = ServiceGroup(services: [server], logger: quiet)
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask {
                defer { continuation.finish() }
                try await group.run()
            }
            for await port in ports {
                do {
                    try await body(port, server)
                } catch {
                    await group.triggerGracefulShutdown()
                    throw error
                }
                await group.triggerGracefulShutdown()
                break
            }
            try await tasks.waitForAll()
        }
    }

    /// Sends bytes, and reads until the server closes the connection.
    private static func exchange(_ port: Int, _ request: String) async throws -> String {
        let bootstrap = ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
        let (chunks, continuation) = AsyncStream.makeStream(of: String.self)
        let channel =
            try await bootstrap
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(Reader(continuation))
                }
            }
            .connect(host: "127.0.0.1", port: port).get()
        // The server may have closed it already.
        try? await channel.writeAndFlush(ByteBuffer(string: request))
        var text = ""
        for await chunk in chunks { text += chunk }
        return text
    }

    private final class Reader: ChannelInboundHandler, Sendable {
        typealias InboundIn = ByteBuffer
        private let continuation: AsyncStream<String>.Continuation

        init(_ continuation: AsyncStream<String>.Continuation) {
            self.continuation = continuation
        }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            continuation.yield(String(buffer: unwrapInboundIn(data)))
        }

        func channelInactive(context: ChannelHandlerContext) { continuation.finish() }

        func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
    }

    private static func get(_ path: String, _ fields: String = "", method: String = "GET") -> String {
        "\(method) \(path) HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\(fields)\r\n"
    }

    @Test("answers what operators ask for, and nothing else")
    func paths() async throws {
        let health = ServerHealth()
        health.set(.serving)
        try await Self.run(health: health) { port, _ async throws in
            let metrics = try await Self.exchange(port, Self.get("/metrics"))
            #expect(metrics.hasPrefix("HTTP/1.1 200 OK\r\n") && metrics.contains("text/plain; version=0.0.4"))
            #expect(metrics.hasSuffix("\ncalls_total 7\n"))
            let open = try await Self.exchange(port, Self.get("/metrics", "accept: application/openmetrics-text\r\n"))
            #expect(open.contains("application/openmetrics-text; version=1.0.0") && open.hasSuffix("# EOF\n"))
            #expect(try await Self.exchange(port, Self.get("/livez?verbose")).hasPrefix("HTTP/1.1 200 "))
            #expect(try await Self.exchange(port, Self.get("/readyz")).hasPrefix("HTTP/1.1 200 "))
            health.set(.notServing)
            #expect(try await Self.exchange(port, Self.get("/readyz")).hasPrefix("HTTP/1.1 503 "))
            let version = try await Self.exchange(port, Self.get("/version"))
            #expect(version.hasSuffix(#"{"name":"centrifugo-proxy","version":"1.0.0"}"# + "\n"))
            let head = try await Self.exchange(port, Self.get("/metrics", method: "HEAD"))
            #expect(head.hasPrefix("HTTP/1.1 200 ") && head.hasSuffix("\r\n\r\n"))
            #expect(try await Self.exchange(port, Self.get("/")).hasPrefix("HTTP/1.1 404 "))
            #expect(try await Self.exchange(port, Self.get("/metrics/")).hasPrefix("HTTP/1.1 404 "))
            let post = try await Self.exchange(port, Self.get("/metrics", method: "POST"))
            #expect(post.hasPrefix("HTTP/1.1 405 ") && post.contains("allow: GET, HEAD\r\n"))
        }
    }

    @Test("answers bad requests with a status, or by closing, and goes on")
    func hostile() async throws {
        try await Self.run { port, _ async throws in
            let large = Self.get("/" + String(repeating: "a", count: 20_000))
            #expect(try await Self.exchange(port, large).hasPrefix("HTTP/1.1 431 "))
            let fields = String(repeating: "x: y\r\n", count: 5_000)
            let refusal = try await Self.exchange(port, Self.get("/livez", fields))
            #expect(refusal.hasPrefix("HTTP/1.1 431 ") || refusal.hasPrefix("HTTP/1.1 400 "), "\(refusal)")
            let body = Self.get("/livez", "content-length: 3\r\n") + "abc"
            #expect(try await Self.exchange(port, body).hasPrefix("HTTP/1.1 413 "))
            let expecting = Self.get("/livez", "content-length: 3\r\nexpect: 100-continue\r\n")
            #expect(try await Self.exchange(port, expecting).hasPrefix("HTTP/1.1 413 "))
            #expect(try await Self.exchange(port, "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n").hasPrefix("HTTP/1.1 "))
            _ = try await Self.exchange(port, "\u{16}\u{3}\u{1} no HTTP at all\r\n\r\n")
            let pipelined = "GET /livez HTTP/1.1\r\nhost: a\r\n\r\n" + Self.get("/nothing")
            let answers = try await Self.exchange(port, pipelined)
            #expect(answers.hasPrefix("HTTP/1.1 200 ") && answers.contains("HTTP/1.1 404 "))
            #expect(try await Self.exchange(port, Self.get("/livez")).hasPrefix("HTTP/1.1 200 "))
        }
    }

    @Test("closes connections that send or read nothing, and refuses too many")
    func slow() async throws {
        try await Self.run({ configuration in
            configuration.limits.requestTimeout = .milliseconds(50)
            configuration.limits.maxConnections = 1
        }) { port, _ async throws in
            #expect(try await Self.exchange(port, "GET /livez HTTP/1.1\r\n") == "")
            let held = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
                .connect(host: "127.0.0.1", port: port).get()
            // Closed at once while there is another, and at the latest when its time is over.
            #expect(try await Self.exchange(port, "") == "")
            try await held.closeFuture.get()
            #expect(try await Self.exchange(port, Self.get("/livez")).hasPrefix("HTTP/1.1 200 "))
        }
    }

    @Test("asks for its token, which can be replaced, but not for probes")
    func token() async throws {
        try await Self.run({ $0.token = "open-sesame" }) { port, server async throws in
            func status(_ fields: String, _ path: String = "/metrics") async throws -> String {
                String(try await Self.exchange(port, Self.get(path, fields)).prefix(12))
            }
            #expect(try await status("") == "HTTP/1.1 401")
            #expect(try await status("authorization: Bearer open-sesamE\r\n") == "HTTP/1.1 401")
            #expect(try await status("authorization: Bearer open\r\n") == "HTTP/1.1 401")
            #expect(try await status("authorization: Basic open-sesame\r\n") == "HTTP/1.1 401")
            let twice = "authorization: Bearer open-sesame\r\nauthorization: Bearer open-sesame\r\n"
            #expect(try await status(twice) == "HTTP/1.1 401")
            #expect(try await status("authorization: bearer open-sesame\r\n") == "HTTP/1.1 200")
            #expect(try await status("", "/livez") == "HTTP/1.1 200")
            #expect(try await status("", "/version") == "HTTP/1.1 401")
            server.replaceToken(by: "other")
            #expect(try await status("authorization: Bearer open-sesame\r\n") == "HTTP/1.1 401")
            #expect(try await status("authorization: Bearer other\r\n") == "HTTP/1.1 200")
        }
    }

    @Test("refuses to serve strangers without TLS and a token, and an address in use")
    func refusals() async throws {
        await #expect {
            try await Self.run({ $0.listener = .tcp(host: "0.0.0.0", port: 0) }) { _, _ in }
        } throws: { error in
            "\(error)".contains("Other machines can reach the admin listener on 0.0.0.0:")
        }
        try await Self.run { port, _ async throws in
            await #expect {
                try await Self.run({ $0.listener = .tcp(port: port) }) { _, _ in }
            } throws: { error in
                (error as? ProxyServerError)?.code == .addressInUse
            }
        }
    }
}
