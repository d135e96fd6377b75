import CentrifugoProxy
import Logging
import NIOCore
import NIOPosix
import ServiceLifecycle

@testable import ProxyAdmin

/// Serves operators, and asks as one.
enum AdminPeer {
    private static let quiet = Logger(label: "admin") { _ in SwiftLogNoOpLogHandler() }
    private static let families: @Sendable () async -> [MetricFamily] = {
        [MetricFamily("calls", .counter, help: "Calls.", series: [.init([], .count(7))])]
    }

    /// A listener that serves.
    struct Served: Sendable {
        let port: Int
        let server: AdminServer
        fileprivate let group: ServiceGroup

        /// Begins a graceful shutdown.
        func shutDown() async { await group.triggerGracefulShutdown() }
    }

    /// Serves while `body` runs, and until what it has begun is over.
    static func run(
        _ change: (inout AdminServer.Configuration) -> Void = { _ in },
        health: ServerHealth = ServerHealth(),
        metrics: @escaping @Sendable () async -> [MetricFamily] = families,
        _ body: @escaping @Sendable (Served) async throws -> Void
    ) async throws {
        var configuration = AdminServer.Configuration(listener: .tcp(port: 0))
        change(&configuration)
        let (ports, continuation) = AsyncStream.makeStream(of: Int.self)
        let server = AdminServer(configuration, health: health, metrics: [metrics], logger: quiet) {
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
                    try await body(Served(port: port, server: server, group: group))
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
    static func exchange(_ port: Int, _ request: String, halfCloses: Bool = false) async throws -> String {
        let connection = try await Connection(port)
        await connection.send(request)
        // The server may have refused it already.
        if halfCloses { try? await connection.channel.close(mode: .output) }
        return await connection.rest()
    }

    static func get(_ path: String, _ fields: String = "", method: String = "GET") -> String {
        "\(method) \(path) HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\(fields)\r\n"
    }

    /// A connection of a test's own.
    struct Connection: Sendable {
        fileprivate let channel: any Channel
        private let chunks: AsyncStream<String>

        /// Connects; a peer that does not read leaves all bytes to the system.
        init(_ port: Int, reads: Bool = true) async throws {
            let (chunks, continuation) = AsyncStream.makeStream(of: String.self)
            self.chunks = chunks
            channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
                .channelOption(.autoRead, value: reads)
                .channelOption(.socketOption(.so_rcvbuf), value: reads ? 65_536 : 4_096)
                .channelInitializer { channel in
                    channel.eventLoop.makeCompletedFuture {
                        try channel.pipeline.syncOperations.addHandler(Reader(continuation))
                    }
                }
                .connect(host: "127.0.0.1", port: port).get()
        }

        /// Sends bytes, unless the server has closed the connection.
        func send(_ bytes: String) async {
            try? await channel.writeAndFlush(ByteBuffer(string: bytes))
        }

        /// What comes until the server closes the connection.
        func rest() async -> String {
            var text = ""
            for await chunk in chunks { text += chunk }
            return text
        }

        /// Whether neither side is known to have closed it.
        var isOpen: Bool { channel.isActive }

        /// Closes it, unless the server has.
        func close() async { try? await channel.close() }
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
}
