import CentrifugoProxy

/// Answers for subscriptions and publications.
actor Channels: SubscribeHandler, SubRefreshHandler, PublishHandler {
    func subscribe(_ request: SubscribeRequest, context: CallContext) async throws -> SubscribeResult {
        try refuse(ifTold: request.channel)
        return try Samples.subscription(request)
    }

    func subRefresh(_ request: SubRefreshRequest, context: CallContext) async throws -> SubRefreshResult {
        try refuse(ifTold: request.channel)
        guard request.channel != "expire" else { return .expired }
        return SubRefreshResult(expireAt: Samples.expireAt, info: try .json(RequestEcho(request)))
    }

    func publish(_ request: PublishRequest, context: CallContext) async throws -> PublishResult {
        try refuse(ifTold: request.channel)
        return PublishResult(
            data: try .json(RequestEcho(request)),
            skipHistory: true,
            tags: Samples.tags,
            idempotencyKey: "once ✓",
            delta: true,
            version: .max,
            versionEpoch: "epoch ✓"
        )
    }
}
