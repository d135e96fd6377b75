import CentrifugoProxy

/// The starter rules for connections: who has a token of the built-in table may connect.
actor StarterSessions: ConnectHandler, RefreshHandler {
    /// What a client sends with its connect command: `{"authToken": "…"}`.
    private struct Login: Decodable {
        var authToken: String?
    }

    // Seconds until a connection has to be refreshed.
    private static let lifetime: Int64 = 3_600

    // For trying it out only: real tokens are secrets, and stored as digests.
    private let users = ["alice-token": "alice", "bob-token": "bob"]

    func connect(_ request: ConnectRequest, context: CallContext) async throws -> ConnectResult {
        let login = try request.payload.decode(Login.self)
        guard let token = login.authToken, let user = users[token] else { throw Disconnect.unauthorized }
        return ConnectResult(
            user: user,
            expireAt: .now + Self.lifetime,
            data: try .json(["welcome": user]),
            channels: ["public", "user-\(user)"]
        )
    }

    func refresh(_ request: RefreshRequest, context: CallContext) async throws -> RefreshResult {
        users.values.contains(request.user) ? .prolonged(until: .now + Self.lifetime) : .expired
    }
}
