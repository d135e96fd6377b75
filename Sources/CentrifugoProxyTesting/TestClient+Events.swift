public import ProxyMessages

// One method for each event, with the request that Centrifugo would send for this client. `data` is the client's data:
// JSON, or any text when `encoding` is `binary`. All throw `GRPCStatus` when the call ends with a status.

extension TestClient {
    /// Connects.
    ///
    /// - Parameters:
    ///   - data: The client's data.
    ///   - name: The name that the client's SDK was given.
    ///   - version: The version that the client's SDK was given.
    ///   - channels: The client's wish list.
    /// - Returns: The answer.
    /// - Throws: `GRPCStatus`, when the call ends with a status.
    public func connect(
        data: String = "",
        name: String = "",
        version: String = "",
        channels: [String] = []
    ) async throws -> ConnectResponse {
        let payload = payload(data)
        return try await connect(
            ConnectRequest(
                client: client,
                transport: transport,
                protocol: `protocol`,
                encoding: encoding,
                data: payload.data,
                name: name,
                version: version,
                channels: channels
            ).with { $0.b64data = payload.b64data }
        )
    }

    /// Asks to extend the connection.
    public func refresh() async throws -> RefreshResponse {
        try await refresh(
            RefreshRequest(
                client: client,
                transport: transport,
                protocol: `protocol`,
                encoding: encoding,
                user: user,
                meta: sentMeta,
                labels: labels
            )
        )
    }

    /// Subscribes to a channel.
    public func subscribe(to channel: String, data: String = "", token: String = "") async throws -> SubscribeResponse {
        try await subscribe(subscribeRequest(channel, data, token))
    }

    /// Subscribes to a channel, as a stream of publications to the client.
    public func subscribeUnidirectional(
        to channel: String,
        data: String = "",
        token: String = ""
    ) async throws -> TestSubscription {
        try await subscribeUnidirectional(subscribeRequest(channel, data, token))
    }

    /// Subscribes to a channel, as a stream in both directions.
    public func subscribeBidirectional(
        to channel: String,
        data: String = "",
        token: String = ""
    ) async throws -> TestSubscription {
        try await subscribeBidirectional(subscribeRequest(channel, data, token))
    }

    /// Asks to extend the subscription to a channel.
    public func subRefresh(_ channel: String) async throws -> SubRefreshResponse {
        try await subRefresh(
            SubRefreshRequest(
                client: client,
                transport: transport,
                protocol: `protocol`,
                encoding: encoding,
                user: user,
                channel: channel,
                meta: sentMeta,
                labels: labels
            )
        )
    }

    /// Publishes into a channel.
    public func publish(_ data: String, to channel: String) async throws -> PublishResponse {
        let payload = payload(data)
        return try await publish(
            PublishRequest(
                client: client,
                transport: transport,
                protocol: `protocol`,
                encoding: encoding,
                user: user,
                channel: channel,
                data: payload.data,
                meta: sentMeta,
                labels: labels
            ).with { $0.b64data = payload.b64data }
        )
    }

    /// Calls a method.
    public func rpc(_ method: String, data: String = "") async throws -> RPCResponse {
        let payload = payload(data)
        return try await rpc(
            RPCRequest(
                client: client,
                transport: transport,
                protocol: `protocol`,
                encoding: encoding,
                user: user,
                method: method,
                data: payload.data,
                meta: sentMeta,
                labels: labels
            ).with { $0.b64data = payload.b64data }
        )
    }

    private func subscribeRequest(_ channel: String, _ data: String, _ token: String) -> SubscribeRequest {
        let payload = payload(data)
        return SubscribeRequest(
            client: client,
            transport: transport,
            protocol: `protocol`,
            encoding: encoding,
            user: user,
            channel: channel,
            token: token,
            meta: sentMeta,
            data: payload.data,
            labels: labels
        ).with { $0.b64data = payload.b64data }
    }
}
