package import CentrifugoProxy

/// A section of Centrifugo's configuration for proxying one kind of event.
package enum ProxyKind: Sendable, CaseIterable {
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

    /// The path of the default proxy's options.
    package var path: String {
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

    /// Whether a flag beside the options enables the proxy, instead of namespaces.
    package var isSwitchedOnItself: Bool { self == .connect || self == .refresh }

    /// The key that enables the proxy: in the proxy itself, or in a namespace.
    package var enabledKey: String {
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

    /// The namespace's key that selects a named proxy; nil where none can be selected.
    package var nameKey: String? {
        switch self {
        case .connect, .refresh: nil
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

    /// How to enable the proxy.
    package var howToSwitchOn: String {
        switch self {
        case .connect, .refresh: "set \(path).enabled to true"
        case .sharedPollRefresh: "set subscription_type to \"shared_poll\" in a channel namespace"
        case .rpc: "set \(enabledKey) to true in rpc.without_namespace or in a namespace of RPC"
        default: "set \(enabledKey) to true in channel.without_namespace or in a namespace of channels"
        }
    }

    /// Whether a client's SDK waits for the answer.
    package var hasWaitingClient: Bool {
        switch self {
        // Centrifugo asks these on its own.
        case .refresh, .subRefresh, .sharedPollRefresh: false
        default: true
        }
    }

    /// Whether Centrifugo refuses to start if the proxy is enabled without an endpoint; it does not check that of RPC.
    var needsEndpointAtStart: Bool { self != .rpc }

    /// Whether a namespace's options enable the proxy.
    func isEnabled(in options: ConfigurationValue) -> Bool {
        switch self {
        case .connect, .refresh: false
        case .sharedPollRefresh: options["subscription_type"] == "shared_poll"
        default: options[path: enabledKey] == true
        }
    }

    /// The event of the calls that a namespace's proxy makes.
    func event(in options: ConfigurationValue) -> ProxyEvent {
        switch self {
        case .connect: .connect
        case .refresh: .refresh
        case .subscribe: .subscribe
        case .publish: .publish
        case .subRefresh: .subRefresh
        case .subscribeStream:
            options["subscribe_stream_proxy_bidirectional"] == true ? .subscribeBidirectional : .subscribeUnidirectional
        case .mapPublish: .mapPublish
        case .mapRemove: .mapRemove
        case .sharedPollRefresh: .sharedPollRefresh
        case .rpc: .rpc
        }
    }
}

extension ProxyEvent {
    /// The proxy that makes this event's calls; nil for events that only Centrifugo PRO has.
    package var kind: ProxyKind? {
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
