public import CentrifugoProxy

extension TestClient {
    /// Makes a client of handlers, or of a single one; see `ProxyService`.
    public init(
        interceptors: [any Interceptor] = [],
        connect: (any ConnectHandler)? = nil,
        refresh: (any RefreshHandler)? = nil,
        subscribe: (any SubscribeHandler)? = nil,
        subRefresh: (any SubRefreshHandler)? = nil,
        publish: (any PublishHandler)? = nil,
        rpc: (any RPCHandler)? = nil,
        mapPublish: (any MapPublishHandler)? = nil,
        mapRemove: (any MapRemoveHandler)? = nil,
        sharedPollRefresh: (any SharedPollRefreshHandler)? = nil,
        notifyCacheEmpty: (any NotifyCacheEmptyHandler)? = nil,
        notifyChannelState: (any NotifyChannelStateHandler)? = nil,
        subscribeUnidirectional: (any SubscribeUnidirectionalHandler)? = nil,
        subscribeBidirectional: (any SubscribeBidirectionalHandler)? = nil
    ) {
        self.init(
            ProxyService(
                interceptors: interceptors,
                connect: connect,
                refresh: refresh,
                subscribe: subscribe,
                subRefresh: subRefresh,
                publish: publish,
                rpc: rpc,
                mapPublish: mapPublish,
                mapRemove: mapRemove,
                sharedPollRefresh: sharedPollRefresh,
                notifyCacheEmpty: notifyCacheEmpty,
                notifyChannelState: notifyChannelState,
                subscribeUnidirectional: subscribeUnidirectional,
                subscribeBidirectional: subscribeBidirectional
            )
        )
    }
}
