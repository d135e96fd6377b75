package import HTTP2Framing
package import HTTP2Transport
package import Logging

extension ProxyService {
    // Only its own deadline ends a call: somebody may stop it in a debugger.
    private static let limits = {
        var limits = ProxyServer.Limits()
        limits.requestTimeout = .seconds(86_400)
        limits.firstMessageTimeout = .seconds(86_400)
        limits.streamDrainWindow = .zero
        return limits
    }()

    /// Opens a call on a connection of its own within this process, as a server with default limits serves it.
    ///
    /// Handlers run on the global executor: one that blocks does not keep this process's event loops from other calls.
    ///
    /// - Parameters:
    ///   - request: The request's headers, pseudo-headers first.
    ///   - body: The first bytes of its body.
    ///   - isWhole: Whether they are the whole body.
    ///   - unread: Another limit of a subscription's stream beside its unsent bytes.
    ///   - logger: Gets the errors of handlers.
    /// - Returns: The connection.
    /// - Throws: As `JoinedConnection.open` does.
    package func join(
        _ request: HeaderFields,
        body: [UInt8],
        isWhole: Bool,
        unread: UnreadLimit? = nil,
        logger: Logger
    ) async throws -> JoinedConnection {
        let connections = ServedConnections(of: self, limits: Self.limits, unread: unread)
        return try await JoinedConnection.open(
            HTTP2Server.Configuration(
                listeners: [],
                handlerExecutor: .global,
                settings: HTTP2Settings(Self.limits),
                limits: ConnectionLimits(Self.limits)
            ),
            routes: connections.makeRoutes(),
            handlers: handlers,
            request: request,
            body: body,
            isWhole: isWhole,
            logger: logger.printable,
            delegates: connections.delegates
        )
    }
}
