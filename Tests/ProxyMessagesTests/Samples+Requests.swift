import ProxyMessages

extension Samples {
    static let connectRequest = ConnectRequest(
        client: "client",
        transport: "transport",
        protocol: "protocol",
        encoding: "encoding",
        data: Array("data".utf8),
        name: "name",
        version: "version",
        channels: ["channels"]
    ).with { $0.b64data = "b64data" }

    static let refreshRequest = RefreshRequest(
        client: "client",
        transport: "transport",
        protocol: "protocol",
        encoding: "encoding",
        user: "user",
        meta: "meta",
        labels: ["key": "value"]
    )

    static let subscribeRequest = SubscribeRequest(
        client: "client",
        transport: "transport",
        protocol: "protocol",
        encoding: "encoding",
        user: "user",
        channel: "channel",
        token: "token",
        meta: "meta",
        data: Array("data".utf8),
        labels: ["key": "value"]
    ).with { $0.b64data = "b64data" }

    static let publishRequest = PublishRequest(
        client: "client",
        transport: "transport",
        protocol: "protocol",
        encoding: "encoding",
        user: "user",
        channel: "channel",
        data: Array("data".utf8),
        meta: "meta",
        labels: ["key": "value"]
    ).with { $0.b64data = "b64data" }

    static let mapPublishRequest = MapPublishRequest(
        client: "client",
        transport: "transport",
        protocol: "protocol",
        encoding: "encoding",
        user: "user",
        channel: "channel",
        key: "key",
        data: Array("data".utf8),
        meta: "meta",
        labels: ["key": "value"]
    ).with { $0.b64data = "b64data" }

    static let mapRemoveRequest = MapRemoveRequest(
        client: "client",
        transport: "transport",
        protocol: "protocol",
        encoding: "encoding",
        user: "user",
        channel: "channel",
        key: "key",
        meta: "meta",
        labels: ["key": "value"]
    )

    static let rpcRequest = RPCRequest(
        client: "client",
        transport: "transport",
        protocol: "protocol",
        encoding: "encoding",
        user: "user",
        method: "method",
        data: Array("data".utf8),
        meta: "meta",
        labels: ["key": "value"]
    ).with { $0.b64data = "b64data" }

    static let subRefreshRequest = SubRefreshRequest(
        client: "client",
        transport: "transport",
        protocol: "protocol",
        encoding: "encoding",
        user: "user",
        channel: "channel",
        meta: "meta",
        labels: ["key": "value"]
    )

    static let streamSubscribeRequest = StreamSubscribeRequest(
        subscribeRequest: subscribeRequest,
        publication: publication
    )

    static let notifyCacheEmptyRequest = NotifyCacheEmptyRequest(channel: "channel")

    static let notifyChannelStateRequest = NotifyChannelStateRequest(events: [channelEvent])

    static let channelEvent = ChannelEvent(timeMs: 1, channel: "channel", type: "type")

    static let sharedPollRefreshRequest = SharedPollRefreshRequest(
        channel: "channel",
        items: [sharedPollRefreshItem]
    )

    static let sharedPollRefreshItem = SharedPollRefreshItem(key: "key", version: 2)
}
