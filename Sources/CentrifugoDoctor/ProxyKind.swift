import CentrifugoProxy

/// A place of Centrifugo's configuration that says how one kind of event is proxied.
enum ProxyKind: CaseIterable {
    case connect
    case refresh
    case subscribe
    case publish
    case subRefresh
    case subscribeStream
    case mapPublish
    case mapRemove
    case sharedPollRefresh
    case rpc

    /// The default proxy's options.
    var path: String {
        switch self {
        case .connect: "client.proxy.connect"
        case .refresh: "client.proxy.refresh"
        case .subscribe: "channel.proxy.subscribe"
        case .publish: "channel.proxy.publish"
        case .subRefresh: "channel.proxy.sub_refresh"
        case .subscribeStream: "channel.proxy.subscribe_stream"
        case .mapPublish: "channel.proxy.map_publish"
        case .mapRemove: "channel.proxy.map_remove"
        case .sharedPollRefresh: "channel.proxy.shared_poll_refresh"
        case .rpc: "rpc.proxy"
        }
    }

    /// Whether a flag beside the options switches the proxy on, instead of namespaces.
    var isSwitchedOnItself: Bool { self == .connect || self == .refresh }

    /// The namespace's key that switches the proxy on.
    var enabledKey: String {
        switch self {
        case .connect, .refresh: "enabled"
        case .subscribe: "subscribe_proxy_enabled"
        case .publish: "publish_proxy_enabled"
        case .subRefresh: "sub_refresh_proxy_enabled"
        case .subscribeStream: "subscribe_stream_proxy_enabled"
        case .mapPublish: "map.publish_proxy_enabled"
        case .mapRemove: "map.remove_proxy_enabled"
        case .sharedPollRefresh: "subscription_type"
        case .rpc: "proxy_enabled"
        }
    }

    /// The namespace's key that chooses a named proxy.
    var nameKey: String {
        switch self {
        case .connect, .refresh: "name"
        case .subscribe: "subscribe_proxy_name"
        case .publish: "publish_proxy_name"
        case .subRefresh: "sub_refresh_proxy_name"
        case .subscribeStream: "subscribe_stream_proxy_name"
        case .mapPublish: "map.publish_proxy_name"
        case .mapRemove: "map.remove_proxy_name"
        case .sharedPollRefresh: "shared_poll.proxy_name"
        case .rpc: "proxy_name"
        }
    }

    /// What a namespace has to say to switch the proxy on.
    var mend: String {
        switch self {
        case .connect, .refresh: "set \(path).enabled to true"
        case .sharedPollRefresh: "set subscription_type to \"shared_poll\" in a channel namespace"
        case .rpc: "set \(enabledKey) to true in rpc.without_namespace or in a namespace of RPC"
        default: "set \(enabledKey) to true in channel.without_namespace or in a namespace of channels"
        }
    }

    /// Whether a client's SDK waits for the answer.
    var hasWaitingClient: Bool {
        switch self {
        // Asked by Centrifugo on its own.
        case .refresh, .subRefresh, .sharedPollRefresh: false
        default: true
        }
    }

    /// Whether a namespace switches the proxy on.
    func isEnabled(in namespace: JSONValue) -> Bool {
        switch self {
        case .connect, .refresh: false
        case .sharedPollRefresh: namespace[path: enabledKey]?.text == "shared_poll"
        default: namespace[path: enabledKey]?.isTrue == true
        }
    }

    /// The event of a call that a namespace's proxy makes.
    func event(in namespace: JSONValue) -> ProxyEvent {
        switch self {
        case .connect: .connect
        case .refresh: .refresh
        case .subscribe: .subscribe
        case .publish: .publish
        case .subRefresh: .subRefresh
        case .subscribeStream:
            namespace["subscribe_stream_proxy_bidirectional"]?.isTrue == true
                ? .subscribeBidirectional : .subscribeUnidirectional
        case .mapPublish: .mapPublish
        case .mapRemove: .mapRemove
        case .sharedPollRefresh: .sharedPollRefresh
        case .rpc: .rpc
        }
    }
}

extension ProxyEvent {
    /// The proxy that makes this event's calls; nil for those of Centrifugo PRO alone.
    var kind: ProxyKind? {
        switch self {
        case .connect: .connect
        case .refresh: .refresh
        case .subscribe: .subscribe
        case .publish: .publish
        case .subRefresh: .subRefresh
        case .subscribeUnidirectional, .subscribeBidirectional: .subscribeStream
        case .mapPublish: .mapPublish
        case .mapRemove: .mapRemove
        case .sharedPollRefresh: .sharedPollRefresh
        case .rpc: .rpc
        case .notifyCacheEmpty, .notifyChannelState: nil
        }
    }
}
