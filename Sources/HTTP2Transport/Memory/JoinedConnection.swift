package import HTTP2Framing
package import Logging
import NIOCore
import NIOPosix

/// A server's connection whose peer is in the same process: for tests and tools, without a port and without a file.
///
/// Each has a server's part on an event loop for itself, which ends with the connection and its tasks.
package struct JoinedConnection: Sendable {
    /// The peer's end, with its request.
    package let exchange: HTTP2Exchange
    private let channel: MemoryChannel
    private let table: LoopConfined<ConnectionTable>

    /// Opens a connection and sends a request on it.
    ///
    /// - Parameters:
    ///   - configuration: How the connection is treated; nothing listens.
    ///   - routes: The paths that are served.
    ///   - handlers: The handler actors; a call's queue is a position in them.
    ///   - request: The request's headers, pseudo-headers first.
    ///   - body: The first bytes of its body, which arrive with the headers.
    ///   - isWhole: Whether they are the whole body.
    ///   - logger: Gets reports of misbehaving peers and handlers.
    ///   - delegates: Called with the server's part on the loop; makes the function that makes the connection's delegate.
    /// - Returns: The connection.
    /// - Throws: When a channel takes no handlers.
    package static func open(
        _ configuration: HTTP2Server.Configuration,
        routes: HTTP2Routes,
        handlers: [any Actor],
        request: HeaderFields,
        body: [UInt8],
        isWhole: Bool,
        logger: Logger,
        delegates: (ServerLoop) -> (HTTP2Connection) -> any HTTP2ConnectionDelegate
    ) async throws -> JoinedConnection {
        let eventLoop = MultiThreadedEventLoopGroup.singleton.any()
        let table = HTTP2Server.makeTable(
            configuration,
            on: eventLoop,
            routes: routes,
            handlers: handlers,
            logger: logger,
            reports: PeerReports(logger: logger),
            limiter: ConcurrencyLimiter(limit: configuration.limits.maxConnections),
            delegates: delegates
        )
        let (answers, continuation) = AsyncStream.makeStream(of: HTTP2Exchange.Answer.self)
        return try await eventLoop.submit {
            let (server, client) = MemoryChannel.makePair(on: eventLoop)
            let stream = ClientStream(headers: request, answers: continuation)
            do {
                try table.value.setUp(server, tls: nil)
                let connection = HTTP2ClientConnection(isOverTLS: false)
                try client.pipeline.syncOperations.addHandler(connection)
                stream.obey(.send(body, isLast: isWhole))
                _ = connection.open(stream)
                connection.drain()
            } catch {
                for channel in [server, client] { channel.close(promise: nil) }
                throw error
            }
            server.begin()
            client.begin()
            let exchange = HTTP2Exchange(answers: answers, stream: LoopConfined(stream), eventLoop: eventLoop)
            return JoinedConnection(exchange: exchange, channel: server, table: table)
        }.get()
    }

    /// Shuts the server's end down, as its server would.
    package func shutDown() {
        channel.eventLoop.execute { [channel] in
            try? channel.pipeline.syncOperations.handler(type: HTTP2Connection.self).shutDown()
        }
    }

    /// Waits until the server's end has done what it was handed before, such as a hub's publications.
    package func settled() async {
        _ = try? await channel.eventLoop.submit {}.get()
    }

    /// Waits for the end of the connection, which is the end of its one stream.
    package func closed() async {
        try? await channel.closeFuture.get()
    }

    /// Waits for the connection's end, and for its handlers.
    package func finished() async {
        let idle = channel.closeFuture.flatMap { [table] in
            table.value.loop.dismissWorkers()
            return table.value.loop.becomesIdle()
        }
        _ = try? await idle.get()
    }
}
