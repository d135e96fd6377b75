import CentrifugoProxy
import Foundation

/// Keeps connections for a minute at a time, as long as their users are members.
actor Members: ConnectHandler, RefreshHandler, SubRefreshHandler {
    private static let lifetime: Int64 = 60

    private var members: Set<String> = ["alice", "bob"]

    /// Ends a membership: the user's connections end within a minute.
    func remove(_ user: String) {
        members.remove(user)
    }

    func connect(_ request: ConnectRequest, context: CallContext) async throws -> ConnectResult {
        // Here a proxy in front of Centrifugo has checked who it is, and says so in a header.
        guard let user = context.metadata.first("x-user"), members.contains(user) else { throw Disconnect.unauthorized }
        return ConnectResult(user: user, expireAt: Self.soon)
    }

    func refresh(_ request: RefreshRequest, context: CallContext) -> RefreshResult {
        members.contains(request.user) ? .prolonged(until: Self.soon) : .expired
    }

    func subRefresh(_ request: SubRefreshRequest, context: CallContext) -> SubRefreshResult {
        members.contains(request.user) ? .prolonged(until: Self.soon) : .expired
    }

    /// In unix seconds, as all times are.
    private static var soon: Int64 { Int64(Date().timeIntervalSince1970) + lifetime }
}

func refresh() -> ProxyService {
    let members = Members()
    return ProxyService(connect: members, refresh: members, subRefresh: members)
}
