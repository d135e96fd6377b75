package import HTTP2Framing
package import Logging
import NIOCore
import NIOPosix

/// A listening server whose connections are spread over event loops.
package final class HTTP2Server: Sendable {
    /// Where a server listens, and how it treats connections.
    package struct Configuration: Sendable {
        package var listeners: [Listener]
        /// How many event loops share the connections; nil uses the process's own loops, which its other parts share.
        package var eventLoops: Int?
        package var handlerExecutor: ServerLoop.HandlerExecutor
        package var settings: HTTP2Settings
        package var limits: ConnectionLimits

        package init(
            listeners: [Listener],
            eventLoops: Int? = nil,
            handlerExecutor: ServerLoop.HandlerExecutor = .eventLoop,
            settings: HTTP2Settings = HTTP2Settings(),
            limits: ConnectionLimits = ConnectionLimits()
        ) {
            self.listeners = listeners
            self.eventLoops = eventLoops
            self.handlerExecutor = handlerExecutor
            self.settings = settings
            self.limits = limits
        }
    }

    // How long cancelled handlers have to end before the server stops waiting for them.
    private static let patience = TimeAmount.seconds(1)

    private let group: MultiThreadedEventLoopGroup
    private let ownsGroup: Bool
    private let sockets: [ListeningSocket]
    let tables: [LoopConfined<ConnectionTable>]

    private init(
        group: MultiThreadedEventLoopGroup,
        ownsGroup: Bool,
        sockets: [ListeningSocket],
        tables: [LoopConfined<ConnectionTable>]
    ) {
        self.group = group
        self.ownsGroup = ownsGroup
        self.sockets = sockets
        self.tables = tables
    }

    /// How many event loops share the connections.
    package var eventLoopCount: Int { tables.count }

    /// How many event loops the process has by default.
    package static var processLoopCount: Int { NIOSingletons.groupLoopCountSuggestion }

    /// The addresses that the server listens on, in the order of its listeners.
    package var addresses: [ListeningSocket.Address] { sockets.map(\.address) }

    /// Binds and starts to accept.
    /// - Parameters:
    ///   - configuration: Where to listen, and how.
    ///   - routes: The paths that are served.
    ///   - handlers: The handler actors; a call's queue is a position in them.
    ///   - logger: Reports peers and handlers that misbehave.
    ///   - delegates: Called once for each event loop. The closure that it returns is called on that loop for each new
    ///     connection, and makes the object that handles the connection's events.
    /// - Returns: The server, which accepts connections.
    /// - Throws: ``ListenError``.
    package static func start(
        _ configuration: Configuration,
        routes: HTTP2Routes,
        handlers: [any Actor],
        logger: Logger,
        delegates: (ServerLoop) -> (HTTP2Connection) -> any HTTP2ConnectionDelegate
    ) async throws -> HTTP2Server {
        // The process's own loops continue, so that a handler that outlives its server can still end there.
        let group =
            configuration.eventLoops.map { MultiThreadedEventLoopGroup(numberOfThreads: $0) }
            ?? MultiThreadedEventLoopGroup.singleton
        let ownsGroup = configuration.eventLoops != nil
        let reports = PeerReports(logger: logger)
        let limiter = ConcurrencyLimiter(limit: configuration.limits.maxConnections)
        let tables = group.makeIterator().map { eventLoop in
            makeTable(
                configuration,
                on: eventLoop,
                routes: routes,
                handlers: handlers,
                logger: logger,
                reports: reports,
                limiter: limiter,
                delegates: delegates
            )
        }
        do {
            let sockets = try await ListeningSocket.open(configuration.listeners, on: group, tables, reports)
            return HTTP2Server(group: group, ownsGroup: ownsGroup, sockets: sockets, tables: tables)
        } catch {
            if ownsGroup { try? await group.shutdownGracefully() }
            throw error
        }
    }

    /// Makes what one event loop needs to serve connections.
    static func makeTable(
        _ configuration: Configuration,
        on eventLoop: any EventLoop,
        routes: HTTP2Routes,
        handlers: [any Actor],
        logger: Logger,
        reports: PeerReports,
        limiter: ConcurrencyLimiter,
        delegates: (ServerLoop) -> (HTTP2Connection) -> any HTTP2ConnectionDelegate
    ) -> LoopConfined<ConnectionTable> {
        let loop = ServerLoop(
            eventLoop: eventLoop,
            handlers: handlers,
            handlerExecutor: configuration.handlerExecutor,
            logger: logger
        )
        return LoopConfined(
            ConnectionTable(
                loop: loop,
                routes: routes,
                settings: configuration.settings,
                limits: configuration.limits,
                reports: reports,
                limiter: limiter,
                makeDelegate: delegates(loop)
            )
        )
    }

    /// Stops accepting, gives open calls `grace` to finish, then ends the rest.
    ///
    /// Returns when everything is closed.
    ///
    /// - Parameters:
    ///   - grace: How long open calls may take.
    ///   - drained: Called when all connections are closed, and before the server's own loops end.
    package func shutDown(grace: Duration, drained: () async -> Void = {}) async {
        for socket in sockets { await socket.close() }
        let tables = tables
        await withTaskGroup { tasks in
            for table in tables {
                tasks.addTask {
                    let drained = table.value.loop.eventLoop.flatSubmit { table.value.drain(grace: TimeAmount(grace)) }
                    try? await drained.get()
                    // A tick that is already scheduled still needs its loop's part of the server.
                    try? await table.value.loop.eventLoop.submit { table.value.loop.dismissWorkers() }.get()
                }
            }
        }
        await drained()
        if ownsGroup { await endGroup() }
    }

    /// Ends the loops' threads, unless tasks still need them: those tasks could never end, and their clean-up would not
    /// run.
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
