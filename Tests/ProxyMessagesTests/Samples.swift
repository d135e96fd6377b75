import ProxyMessages

/// Values made by the public initialisers, each argument told apart by its value.
enum Samples {
    /// Made unchecked: the sample's code is the field's number, which a handler could not choose.
    static let error = CentrifugoError(uncheckedCode: 1, message: "message", temporary: true)

    static let disconnect = Disconnect(uncheckedCode: 1, reason: "reason")

    static func reply<Result>(_ result: Result) -> Reply<Result> {
        Reply(result: result, error: error, disconnect: disconnect)
    }

    static let subscribeOptions = SubscribeOptions(
        expireAt: 1,
        info: .bytes(Array("info".utf8)),
        data: .bytes(Array("data".utf8)),
        override: subscribeOptionOverride,
        serverTagsFilter: filterNode,
        cacheRecover: true
    ).with {
        $0.b64info = "b64info"; $0.b64data = "b64data"
    }

    static let subscribeOptionOverride = SubscribeOptionOverride(
        presence: true,
        joinLeave: true,
        forceRecovery: true,
        forcePositioning: true,
        forcePushJoinLeave: true
    )

    static let channelsCapability = ChannelsCapability(
        channels: ["channels"],
        allow: ["allow"],
        match: "match"
    )

    static let filterNode = FilterNode(
        op: "op",
        key: "key",
        cmp: "cmp",
        val: "val",
        vals: ["vals"],
        nodes: [FilterNode(op: "op", key: "key", cmp: "cmp", val: "val", vals: ["vals"])]
    )

    static let publication = Publication(data: .bytes(Array("data".utf8)), tags: ["key": "value"])
}
