import CentrifugoProxy

/// Answers for map channels and polled keys.
actor Maps: MapPublishHandler, MapRemoveHandler, SharedPollRefreshHandler {
    func mapPublish(_ request: MapPublishRequest, context: CallContext) async throws -> MapPublishResult {
        try refuse(ifTold: request.channel)
        return MapPublishResult(
            key: "other key ✓",
            data: try .json(RequestEcho(request)),
            tags: Samples.tags,
            score: -5,
            keyMode: "if_new",
            streamData: Samples.payload(encoding: request.encoding),
            idempotencyKey: "once ✓",
            delta: true,
            version: .max,
            versionEpoch: "epoch ✓"
        )
    }

    func mapRemove(_ request: MapRemoveRequest, context: CallContext) async throws -> MapRemoveResult {
        try refuse(ifTold: request.channel)
        // A removal has no payload to echo in.
        let echo = String(decoding: try Payload.json(RequestEcho(request)).bytes, as: UTF8.self)
        return MapRemoveResult(
            key: "other key ✓",
            tags: Samples.tags.merging(["request": echo], uniquingKeysWith: { $1 }),
            idempotencyKey: "once ✓"
        )
    }

    func sharedPollRefresh(
        _ request: SharedPollRefreshRequest,
        context: CallContext
    ) async throws -> SharedPollRefreshResult {
        try refuse(ifTold: request.channel)
        let items = try request.items.map { item in
            guard !item.key.hasPrefix("gone") else {
                return SharedPollRefreshResultItem(key: item.key, version: item.version, removed: true)
            }
            return SharedPollRefreshResultItem(
                key: item.key,
                data: try .json(["new": 1]),
                version: item.version + 1,
                prevData: .bytes(Array("{}".utf8))
            )
        }
        return SharedPollRefreshResult(items: items, epoch: request.channel)
    }
}
