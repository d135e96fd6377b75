extension HandlerType {
    /// The configuration with which Centrifugo calls the handler; nil for events that only the PRO version has, whose
    /// documentation names the options.
    package var centrifugo: String? {
        switch self {
        case .connect: Self.client("connect")
        case .refresh: Self.client("refresh")
        case .subscribe: Self.channel("subscribe", #"{"subscribe_proxy_enabled": true}"#)
        case .subRefresh: Self.channel("sub_refresh", #"{"sub_refresh_proxy_enabled": true}"#)
        case .publish: Self.channel("publish", #"{"publish_proxy_enabled": true}"#)
        case .subscribeUnidirectional:
            Self.channel("subscribe_stream", #"{"subscribe_stream_proxy_enabled": true}"#)
        case .subscribeBidirectional:
            Self.channel(
                "subscribe_stream",
                #"{"subscribe_stream_proxy_enabled": true, "subscribe_stream_proxy_bidirectional": true}"#
            )
        case .mapPublish: Self.map("publish")
        case .mapRemove: Self.map("remove")
        case .sharedPollRefresh:
            """
            {
              "shared_poll": {"hmac_secret_key": "a long random value"},
              "channel": {
                "proxy": {"shared_poll_refresh": \(Self.endpoint)},
                "namespaces": [
                  {
                    "name": "poll",
                    "subscription_type": "shared_poll",
                    "allow_subscribe_for_client": true,
                    "shared_poll": {"refresh_interval": "1s"}
                  }
                ]
              }
            }
            """
        case .rpc:
            """
            {
              "rpc": {
                "proxy": \(Self.endpoint),
                "without_namespace": {"proxy_enabled": true}
              }
            }
            """
        case .notifyCacheEmpty, .notifyChannelState: nil
        }
    }

    private static let endpoint = #"{"endpoint": "grpc://127.0.0.1:10001", "timeout": "1s"}"#

    private static func client(_ proxy: String) -> String {
        """
        {
          "client": {
            "proxy": {
              "\(proxy)": {"enabled": true, "endpoint": "grpc://127.0.0.1:10001", "timeout": "1s"}
            }
          }
        }
        """
    }

    private static func channel(_ proxy: String, _ options: String) -> String {
        """
        {
          "channel": {
            "proxy": {"\(proxy)": \(endpoint)},
            "without_namespace": \(options)
          }
        }
        """
    }

    private static func map(_ action: String) -> String {
        """
        {
          "channel": {
            "proxy": {"map_\(action)": \(endpoint)},
            "namespaces": [
              {
                "name": "board",
                "subscription_type": "map",
                "allow_subscribe_for_client": true,
                "map": {"mode": "persistent", "\(action)_proxy_enabled": true}
              }
            ]
          }
        }
        """
    }
}
