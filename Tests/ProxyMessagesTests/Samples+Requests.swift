import ProxyMessages

extension Samples {
    static let connectRequest = ConnectRequest(
        client: "client",
        transport: "transport",
        protocol: "protocol",
        encoding: "encoding",
        data: Array("data".utf8),
        b64data: "b64data",
        name: "name",
        version: "version",
        channels: ["channels"]
    )

    static let refreshRequest = RefreshRequest(
        client: "client",
        transport: "transport",
        protocol: "protocol",
        encoding: "encoding",
        user: "user",
        meta: Array("meta".utf8),
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
        meta: Array("meta".utf8),
        data: Array("data".utf8),
        b64data: "b64data",
        labels: ["key": "value"]
    )

    static let publishRequest = PublishRequest(
        client: "client",
        transport: "transport",
        protocol: "protocol",
        encoding: "encoding",
        user: "user",
        channel: "channel",
        data: Array("data".utf8),
        b64data: "b64data",
        meta: Array("meta".utf8),
        labels: ["key": "value"]
    )

    static let mapPublishRequest = MapPublishRequest(
        client: "client",
        transport: "transport",
        protocol: "protocol",
        encoding: "encoding",
        user: "user",
        channel: "channel",
        key: "key",
        data: Array("data".utf8),
        b64data: "b64data",
        meta: Array("meta".utf8),
        labels: ["key": "value"]
    )

    static let mapRemoveRequest = MapRemoveRequest(
        client: "client",
        transport: "transport",
        protocol: "protocol",
        encoding: "encoding",
        user: "user",
        channel: "channel",
        key: "key",
        meta: Array("meta".utf8),
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
        b64data: "b64data",
        meta: Array("meta".utf8),
        labels: ["key": "value"]
    )

    static let subRefreshRequest = SubRefreshRequest(
        client: "client",
        transport: "transport",
        protocol: "protocol",
        encoding: "encoding",
        user: "user",
        channel: "channel",
        meta: Array("meta".utf8),
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
