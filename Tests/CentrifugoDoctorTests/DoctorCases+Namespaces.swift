import CentrifugoProxy

@testable import CentrifugoDoctor

extension DoctorCase {
    private static let endpoint = #"{"endpoint": "grpc://127.0.0.1:10001"}"#

    /// Default proxies of these kinds, and a namespace `chat` with these members.
    private static func channels(_ kinds: [String], _ members: String) -> String {
        let proxies = kinds.map { "\"\($0)\": \(endpoint)" }.joined(separator: ", ")
        return #"{"channel": {"proxy": {\#(proxies)}, "namespaces": [{"name": "chat", \#(members)}]}}"#
    }

    static let namespaces = [
        DoctorCase(
            "streams beside other proxies",
            channels(
                ["subscribe_stream", "subscribe", "sub_refresh", "publish"],
                #"""
                "subscribe_stream_proxy_enabled": true, "subscribe_proxy_enabled": true,
                "sub_refresh_proxy_enabled": true, "publish_proxy_enabled": true
                """#
            ),
            finds: "stream-beside-others channel.namespaces[chat].subscribe_stream_proxy_enabled"
        ),
        DoctorCase(
            "streams alone",
            channels(["subscribe_stream"], #""subscribe_stream_proxy_enabled": true"#)
        ),
        DoctorCase(
            "bidirectional, and no stream",
            channels([], #""subscribe_stream_proxy_bidirectional": true"#),
            finds: "not-enabled channel.namespaces[chat].subscribe_stream_proxy_bidirectional"
        ),
        DoctorCase(
            "proxies for channels on maps",
            channels(
                ["publish", "map_publish"],
                #"""
                "subscription_type": "map", "publish_proxy_enabled": true,
                "map": {"mode": "persistent", "publish_proxy_enabled": true}
                """#
            ),
            finds: "proxy-on-map channel.namespaces[chat].publish_proxy_enabled"
        ),
        DoctorCase(
            "subscribe proxy on maps of users",
            channels(
                ["subscribe", "sub_refresh"],
                #"""
                "subscription_type": "map_users", "subscribe_proxy_enabled": true, "sub_refresh_proxy_enabled": true,
                "map": {"mode": "persistent"}
                """#
            ),
            finds: "proxy-on-map channel.namespaces[chat].subscribe_proxy_enabled"
        ),
        DoctorCase(
            "keys without a map",
            channels(["map_remove"], #""map": {"remove_proxy_enabled": true}"#),
            finds: "note no-map channel.namespaces[chat].map.remove_proxy_enabled"
        ),
    ]

    private static let connecting =
        #"{"client": {"proxy": {"connect": {"enabled": true, "endpoint": "grpc://127.0.0.1:1"}}}}"#
    private static let subscribing = channels(["subscribe"], #""subscribe_proxy_enabled": true"#)

    private static func server(
        _ events: Set<ProxyEvent>,
        _ change: (inout ServerRules) -> Void = { _ in }
    ) -> ServerRules {
        var rules = ServerRules(events: events)
        change(&rules)
        return rules
    }

    static let handled = [
        DoctorCase(
            "connections may expire",
            connecting,
            finds: "note expiry-without-refresh client.proxy.connect.enabled"
        ),
        DoctorCase(
            "connections do expire",
            connecting,
            server: server([.connect]) { $0.connectionsExpire = true },
            finds: "expiry-without-refresh client.proxy.connect.enabled"
        ),
        DoctorCase("connections do not expire", connecting, server: server([.connect])),
        DoctorCase(
            "subscriptions do expire",
            subscribing,
            server: server([.subscribe]) { $0.channels = [ServerRules.Channels("chat:{room}", expires: true)] },
            finds: "namespace-not-asked channel.namespaces[chat].sub_refresh_proxy_enabled"
        ),
        DoctorCase(
            "handled here and not enabled there, and the reverse",
            subscribing,
            server: server([.connect, .notifyCacheEmpty]),
            finds: "handled-not-enabled client.proxy.connect",
            "enabled-not-handled channel.namespaces[chat].subscribe_proxy_enabled"
        ),
        DoctorCase(
            "streams of the other kind",
            channels(["subscribe_stream"], #""subscribe_stream_proxy_enabled": true"#),
            server: server([.subscribeBidirectional]),
            finds: "handled-not-enabled channel.proxy.subscribe_stream",
            "enabled-not-handled channel.namespaces[chat].subscribe_stream_proxy_enabled"
        ),
        DoctorCase(
            "not enabled is found once",
            #"{"rpc": {"proxy": {"endpoint": "grpc://127.0.0.1:1"}}}"#,
            server: server([.rpc]),
            finds: "not-enabled rpc.proxy"
        ),
        DoctorCase(
            "handled here, and Centrifugo asks HTTP",
            #"{"rpc": {"proxy": {"endpoint": "http://app/"}, "without_namespace": {"proxy_enabled": true}}}"#,
            server: server([.rpc]),
            finds: "handled-not-enabled rpc.proxy"
        ),
        DoctorCase(
            "rules for a namespace that is not there",
            channels([], #""presence": true"#),
            server: server([]) { rules in
                rules.channels = ["chat:{room}", "game:{id}", "{any}:x"].map {
                    ServerRules.Channels($0, isSubscribed: false)
                }
            },
            finds: "unknown-namespace channel.namespaces"
        ),
        DoctorCase(
            "the colon in a parameter's expression is no namespace's",
            #"{"channel": {"proxy": {"subscribe": \#(endpoint)}, "without_namespace": {"subscribe_proxy_enabled": true}}}"#,
            server: server([.subscribe]) {
                $0.channels = [ServerRules.Channels("chat-{room:[a-z]{2}}", isPublished: true)]
            },
            finds: "namespace-not-asked channel.without_namespace.publish_proxy_enabled"
        ),
    ]
}
