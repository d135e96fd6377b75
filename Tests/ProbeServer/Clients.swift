import CentrifugoProxy

/// Answers for connections.
actor Clients: ConnectHandler, RefreshHandler {
    func connect(_ request: ConnectRequest, context: CallContext) async throws -> ConnectResult {
        try refuse(ifTold: request.name)
        let sample = Samples.payload(encoding: request.encoding)
        return ConnectResult(
            user: "user ✓",
            expireAt: Samples.expireAt,
            info: sample,
            data: try .json(RequestEcho(request)),
            channels: ["news ✓", "user#42"],
            subs: [
                "room ✓": SubscribeOptions(
                    expireAt: Samples.expireAt,
                    info: sample,
                    data: sample,
                    override: Samples.override,
                    serverTagsFilter: Samples.filter,
                    cacheRecover: true
                ),
                "plain": SubscribeOptions(),
            ],
            meta: Samples.meta,
            caps: Samples.capabilities,
            labels: Samples.labels
        )
    }

    func refresh(_ request: RefreshRequest, context: CallContext) async throws -> RefreshResult {
        try refuse(ifTold: request.user)
        guard request.user != "expire" else { return .expired }
        return RefreshResult(
            expireAt: Samples.expireAt,
            info: try .json(RequestEcho(request)),
            meta: Samples.meta,
            caps: Samples.capabilities
        )
    }
}
