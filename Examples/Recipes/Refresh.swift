import CentrifugoProxy

/// Keeps connections for a minute at a time, as long as their users are members.
actor Members: ConnectHandler, RefreshHandler, SubRefreshHandler {
    private static let lifetime = Duration.seconds(60)

    private var members: Set<String> = ["alice", "bob"]

    /// Ends a membership: the user's connections end within a minute.
    func remove(_ user: String) {
        members.remove(user)
    }

    func connect(_ request: ConnectRequest, context: CallContext) async throws -> ConnectResult {
        // Here a proxy in front of Centrifugo has checked who it is, and says so in a header.
        guard let user = context.metadata.first("x-user"), members.contains(user) else { throw Disconnect.unauthorized }
        return ConnectResult(user: user).expiring(in: Self.lifetime)
    }

    func refresh(_ request: RefreshRequest, context: CallContext) -> RefreshResult {
        members.contains(request.user) ? .prolonged(for: Self.lifetime) : .expired
    }

    func subRefresh(_ request: SubRefreshRequest, context: CallContext) -> SubRefreshResult {
        members.contains(request.user) ? .prolonged(for: Self.lifetime) : .expired
    }
}

func refresh() throws -> ProxyService {
    try ProxyService(handlers: [Members()])
}
