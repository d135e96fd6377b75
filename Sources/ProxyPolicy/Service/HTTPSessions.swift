#if HTTPBridge
import CentrifugoProxy
import ProxyHTTPBridge

/// Accepts the clients that an HTTP server accepts.
actor HTTPSessions: ConnectHandler, RefreshHandler, SubRefreshHandler {
    private let server: HTTPConnectHandler
    private let channels: AutomaticChannels

    init(_ server: HTTPConnectHandler, channels: AutomaticChannels) {
        self.server = server
        self.channels = channels
    }

    func connect(_ request: ConnectRequest, context: CallContext) async throws -> ConnectResult {
        var result = try await server.connect(request, context: context)
        let roles = result.meta.isEmpty ? [] : ConnectionRoles(meta: result.meta).roles
        let automatic = channels.subscriptions(user: result.user, roles: Set(roles))
        // Of a channel that both name, the policy's options apply.
        result.channels.removeAll { automatic[$0] != nil }
        result.subs.merge(automatic) { $1 }
        return result
    }

    /// Ends the connection, after which SDKs connect again: the server is asked about each connection, and only then.
    func refresh(_ request: RefreshRequest, context: CallContext) -> RefreshResult {
        context.refusalReason = .expired
        return .expired
    }

    func subRefresh(_ request: SubRefreshRequest, context: CallContext) -> SubRefreshResult {
        context.refusalReason = .expired
        return .expired
    }
}
#endif
