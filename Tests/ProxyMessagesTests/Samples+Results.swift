import ProxyMessages

extension Samples {
    static let connectResult = ConnectResult(
        user: "user",
        expireAt: 2,
        info: .bytes(Array("info".utf8)),
        data: .bytes(Array("data".utf8)),
        channels: ["channels"],
        subs: ["key": subscribeOptions],
        meta: "meta",
        caps: [channelsCapability],
        labels: ["key": "value"]
    ).with {
        $0.b64info = "b64info"; $0.b64data = "b64data"
    }

    static let refreshResult = RefreshResult(
        expired: true,
        expireAt: 2,
        info: .bytes(Array("info".utf8)),
        meta: "meta",
        caps: [channelsCapability]
    ).with { $0.b64info = "b64info" }

    static let subscribeResult = SubscribeResult(
        expireAt: 1,
        info: .bytes(Array("info".utf8)),
        data: .bytes(Array("data".utf8)),
        override: subscribeOptionOverride,
        allow: ["allow"],
        serverTagsFilter: filterNode
    ).with {
        $0.b64info = "b64info"; $0.b64data = "b64data"
    }

    static let publishResult = PublishResult(
        data: .bytes(Array("data".utf8)),
        skipHistory: true,
        tags: ["key": "value"],
        idempotencyKey: "idempotency_key",
        delta: true,
        version: 7,
        versionEpoch: "version_epoch"
    ).with { $0.b64data = "b64data" }

    static let mapPublishResult = MapPublishResult(
        key: "key",
        data: .bytes(Array("data".utf8)),
        tags: ["key": "value"],
        score: 5,
        keyMode: "key_mode",
        streamData: "stream_data",
        idempotencyKey: "idempotency_key",
        delta: true,
        version: 11,
        versionEpoch: "version_epoch"
    ).with {
        $0.b64data = "b64data"; $0.b64streamData = "b64stream_data"
    }

    static let mapRemoveResult = MapRemoveResult(
        key: "key",
        tags: ["key": "value"],
        idempotencyKey: "idempotency_key"
    )

    static let rpcResult = RPCResult(data: .bytes(Array("data".utf8))).with { $0.b64data = "b64data" }

    static let subRefreshResult = SubRefreshResult(
        expired: true,
        expireAt: 2,
        info: .bytes(Array("info".utf8))
    ).with { $0.b64info = "b64info" }

    static let streamSubscribeResponse = StreamSubscribeResponse(
        subscribeResponse: reply(subscribeResult),
        publication: publication
    )

    static let notifyCacheEmptyResult = NotifyCacheEmptyResult(populated: true)

    static let sharedPollRefreshResult = SharedPollRefreshResult(
        items: [sharedPollRefreshResultItem],
        epoch: "epoch"
    )

    static let sharedPollRefreshResultItem = SharedPollRefreshResultItem(
        key: "key",
        data: .bytes(Array("data".utf8)),
        version: 3,
        removed: true,
        prevData: "prev_data"
    )
}
