import ProtobufWire
public import ProxyMessages

// One method for each event, with a complete request; of this `TestClient` they use only the metadata and the timeout.
// All throw `GRPCStatus` when the call ends with a status.

extension TestClient {
    /// Asks about a client that connects, with a whole request.
    public func connect(_ request: ConnectRequest) async throws -> ConnectResponse {
        try await call(.connect, request)
    }

    /// Asks about a connection that is about to expire, with a whole request.
    public func refresh(_ request: RefreshRequest) async throws -> RefreshResponse {
        try await call(.refresh, request)
    }

    /// Asks about a client that subscribes, with a whole request.
    public func subscribe(_ request: SubscribeRequest) async throws -> SubscribeResponse {
        try await call(.subscribe, request)
    }

    /// Asks about a subscription that is about to expire, with a whole request.
    public func subRefresh(_ request: SubRefreshRequest) async throws -> SubRefreshResponse {
        try await call(.subRefresh, request)
    }

    /// Asks about a client that publishes, with a whole request.
    public func publish(_ request: PublishRequest) async throws -> PublishResponse {
        try await call(.publish, request)
    }

    /// Asks about a client that calls a method, with a whole request.
    public func rpc(_ request: RPCRequest) async throws -> RPCResponse {
        try await call(.rpc, request)
    }

    /// Asks about a client that sets a key, with a whole request.
    public func mapPublish(_ request: MapPublishRequest) async throws -> MapPublishResponse {
        try await call(.mapPublish, request)
    }

    /// Asks about a client that removes a key, with a whole request.
    public func mapRemove(_ request: MapRemoveRequest) async throws -> MapRemoveResponse {
        try await call(.mapRemove, request)
    }

    /// Asks about a polling cycle, with a whole request.
    public func sharedPollRefresh(_ request: SharedPollRefreshRequest) async throws -> SharedPollRefreshResponse {
        try await call(.sharedPollRefresh, request)
    }

    /// Asks about an empty recovery cache, with a whole request.
    public func notifyCacheEmpty(_ request: NotifyCacheEmptyRequest) async throws -> NotifyCacheEmptyResponse {
        try await call(.notifyCacheEmpty, request)
    }

    /// Asks about channels that became occupied or vacated, with a whole request.
    public func notifyChannelState(_ request: NotifyChannelStateRequest) async throws -> NotifyChannelStateResponse {
        try await call(.notifyChannelState, request)
    }

    /// Opens a subscription's stream to the client, with a whole request.
    public func subscribeUnidirectional(_ request: SubscribeRequest) async throws -> TestSubscription {
        try await open(.subscribeUnidirectional, request.wireBytes())
    }

    /// Opens a subscription's stream in both directions, with a whole request.
    public func subscribeBidirectional(_ request: SubscribeRequest) async throws -> TestSubscription {
        try await open(.subscribeBidirectional, StreamSubscribeRequest(subscribeRequest: request).wireBytes())
    }
}
