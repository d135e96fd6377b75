import ProxyMessages

extension Samples {
    static let connectResult = ConnectResult(
        user: "user",
        expireAt: 2,
        info: .bytes(Array("info".utf8)),
        b64info: "b64info",
        data: .bytes(Array("data".utf8)),
        b64data: "b64data",
        channels: ["channels"],
        subs: ["key": subscribeOptions],
        meta: Array("meta".utf8),
        caps: [channelsCapability],
        labels: ["key": "value"]
    )

    static let refreshResult = RefreshResult(
        expired: true,
        expireAt: 2,
        info: .bytes(Array("info".utf8)),
        b64info: "b64info",
        meta: Array("meta".utf8),
        caps: [channelsCapability]
    )

    static let subscribeResult = SubscribeResult(
        expireAt: 1,
        info: .bytes(Array("info".utf8)),
        b64info: "b64info",
        data: .bytes(Array("data".utf8)),
        b64data: "b64data",
        override: subscribeOptionOverride,
        allow: ["allow"],
        serverTagsFilter: filterNode
    )

    static let publishResult = PublishResult(
        data: .bytes(Array("data".utf8)),
        b64data: "b64data",
        skipHistory: true,
        tags: ["key": "value"],
        idempotencyKey: "idempotency_key",
        delta: true,
        version: 7,
        versionEpoch: "version_epoch"
    )

    static let mapPublishResult = MapPublishResult(
        key: "key",
        data: .bytes(Array("data".utf8)),
        b64data: "b64data",
        tags: ["key": "value"],
        score: 5,
        keyMode: "key_mode",
        streamData: "stream_data",
        b64streamData: "b64stream_data",
        idempotencyKey: "idempotency_key",
        delta: true,
        version: 11,
        versionEpoch: "version_epoch"
    )

    static let mapRemoveResult = MapRemoveResult(
        key: "key",
        tags: ["key": "value"],
        idempotencyKey: "idempotency_key"
    )

    static let rpcResult = RPCResult(data: .bytes(Array("data".utf8)), b64data: "b64data")

    static let subRefreshResult = SubRefreshResult(
        expired: true,
        expireAt: 2,
        info: .bytes(Array("info".utf8)),
        b64info: "b64info"
    )

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
