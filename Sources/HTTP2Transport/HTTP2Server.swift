package import HTTP2Framing
package import Logging
import NIOCore
import NIOPosix

/// A listening server whose connections are spread over event loops.
package final class HTTP2Server: Sendable {
    /// What a server listens on and how it treats connections.
    package struct Configuration: Sendable {
        package var host: String
        package var port: Int
        /// How many event loops share the connections; nil means one per core.
        package var eventLoops: Int?
        package var placement: ServerLoop.Placement
        package var settings: HTTP2Settings
        /// The age, give or take a tenth, at which a connection is drained; nil means never.
        package var maxConnectionAge: Duration?

        package init(
            host: String,
            port: Int,
            eventLoops: Int? = nil,
            placement: ServerLoop.Placement = .eventLoop,
            settings: HTTP2Settings = HTTP2Settings(),
            maxConnectionAge: Duration? = nil
        ) {
            self.host = host
            self.port = port
            self.eventLoops = eventLoops
            self.placement = placement
            self.settings = settings
            self.maxConnectionAge = maxConnectionAge
        }
    }

    // How long cancelled handlers have to end before the server lets them be.
    private static let patience = TimeAmount.seconds(1)

    private let group: MultiThreadedEventLoopGroup
    private let ownsGroup: Bool
    private let listener: any Channel
    private let tables: [LoopConfined<ConnectionTable>]

    private init(
        group: MultiThreadedEventLoopGroup,
        ownsGroup: Bool,
        listener: any Channel,
        tables: [LoopConfined<ConnectionTable>]
    ) {
        self.group = group
        self.ownsGroup = ownsGroup
        self.listener = listener
        self.tables = tables
    }

    /// The port the server listens on; nil where it has none.
    package var port: Int? { listener.localAddress?.port }

    /// Binds and begins to accept.
    /// - Parameters:
    ///   - configuration: Where to listen, and how.
    ///   - routes: The paths that are served.
    ///   - handlers: The handler actors; a call's lane is a position in them.
    ///   - logger: Where peers' and handlers' misbehaviour is reported.
    ///   - delegates: Called once for each event loop; what it returns makes what takes the events of a new connection,
    ///     on that loop.
    /// - Returns: The server, which accepts connections.
    /// - Throws: ``ListenError``.
    package static func start(
        _ configuration: Configuration,
        routes: HTTP2Routes,
        handlers: [any Actor],
        logger: Logger,
        delegates: (ServerLoop) -> (HTTP2Connection) -> any HTTP2ConnectionDelegate
    ) async throws -> HTTP2Server {
        // The process's own loops live on, so that a handler that outlives its server can still end there.
        let group =
            configuration.eventLoops.map { MultiThreadedEventLoopGroup(numberOfThreads: $0) }
            ?? MultiThreadedEventLoopGroup.singleton
        let ownsGroup = configuration.eventLoops != nil
        let tables = group.makeIterator().map { eventLoop in
            let loop = ServerLoop(
                eventLoop: eventLoop,
                handlers: handlers,
                placement: configuration.placement,
                logger: logger
            )
            return LoopConfined(ConnectionTable(loop: loop, makeDelegate: delegates(loop)))
        }
        let tableOfLoop = Dictionary(
            uniqueKeysWithValues: tables.map { (ObjectIdentifier($0.value.loop.eventLoop), $0) }
        )
        let bootstrap = ServerBootstrap(group: group)
            .serverChannelOption(.backlog, value: 1_024)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
            .childChannelOption(.writeBufferWaterMark, value: .init(low: 128 * 1_024, high: 512 * 1_024))
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    guard let table = tableOfLoop[ObjectIdentifier(channel.eventLoop)]?.value else { return }
                    let connection = HTTP2Connection(
                        loop: table.loop,
                        routes: routes,
                        settings: configuration.settings,
                        maxAge: configuration.maxConnectionAge,
                        delegate: table.makeDelegate,
                        onClose: table.remove
                    )
                    try channel.pipeline.syncOperations.addHandler(connection)
                    table.add(connection)
                }
            }
        do {
            let listener = try await bootstrap.bind(host: configuration.host, port: configuration.port).get()
            return HTTP2Server(group: group, ownsGroup: ownsGroup, listener: listener, tables: tables)
        } catch {
            if ownsGroup { try? await group.shutdownGracefully() }
            throw ListenError(error)
        }
    }

    /// Stops accepting, lets open calls finish for `grace`, then ends what is left.
    ///
    /// Returns when all is closed.
    package func shutDown(grace: Duration) async {
        try? await listener.close()
        let tables = tables
        await withTaskGroup { tasks in
            for table in tables {
                tasks.addTask {
                    let drained = table.value.loop.eventLoop.flatSubmit { table.value.drain(grace: TimeAmount(grace)) }
                    try? await drained.get()
                    // A tick that is scheduled already still needs its loop's part of the server.
                    try? await table.value.loop.eventLoop.submit {}.get()
                }
            }
        }
        if ownsGroup { await endGroup() }
    }

    /// Ends the loops' threads, unless tasks still need them: those would wait for ever, and their clean-up with them.
    private func endGroup() async {
        for table in tables {
            let loop = table.value.loop
            let idle = loop.eventLoop.flatSubmit { table.value.loop.becomesIdle(within: Self.patience) }
            guard (try? await idle.get()) == true else {
                return loop.logger.warning(
                    "handlers go on after the server has shut down; its event loops stay for them"
                )
            }
        }
        try? await group.shutdownGracefully()
    }
}
