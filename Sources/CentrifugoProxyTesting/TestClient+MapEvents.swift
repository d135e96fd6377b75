public import ProxyMessages

extension TestClient {
    /// Sets a key of a map channel.
    public func mapPublish(_ data: String, key: String, in channel: String) async throws -> MapPublishResponse {
        let payload = payload(data)
        return try await mapPublish(
            MapPublishRequest(
                client: client,
                transport: transport,
                protocol: `protocol`,
                encoding: encoding,
                user: user,
                channel: channel,
                key: key,
                data: payload.data,
                meta: sentMeta,
                labels: labels
            ).with { $0.b64data = payload.b64data }
        )
    }

    /// Removes a key of a map channel.
    public func mapRemove(key: String, from channel: String) async throws -> MapRemoveResponse {
        try await mapRemove(
            MapRemoveRequest(
                client: client,
                transport: transport,
                protocol: `protocol`,
                encoding: encoding,
                user: user,
                channel: channel,
                key: key,
                meta: sentMeta,
                labels: labels
            )
        )
    }

    /// Polls for changes, like a node; the event has no client.
    ///
    /// - Parameters:
    ///   - channel: The channel.
    ///   - versions: The tracked keys with the versions that the node has; they are sent in the order of the keys.
    /// - Returns: The answer.
    /// - Throws: `GRPCStatus`, when the call ends with a status.
    public func sharedPollRefresh(
        _ channel: String,
        versions: [String: UInt64]
    ) async throws -> SharedPollRefreshResponse {
        let items = versions.sorted { $0.key < $1.key }.map { SharedPollRefreshItem(key: $0.key, version: $0.value) }
        return try await sharedPollRefresh(SharedPollRefreshRequest(channel: channel, items: items))
    }

    /// Reports that the recovery cache of a channel is empty.
    public func notifyCacheEmpty(_ channel: String) async throws -> NotifyCacheEmptyResponse {
        try await notifyCacheEmpty(NotifyCacheEmptyRequest(channel: channel))
    }

    /// Reports that channels became occupied or vacated.
    public func notifyChannelState(_ events: [ChannelEvent]) async throws -> NotifyChannelStateResponse {
        try await notifyChannelState(NotifyChannelStateRequest(events: events))
    }
}
