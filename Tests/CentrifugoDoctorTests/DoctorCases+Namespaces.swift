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
                "subscription_type": "map", "publish_proxy_enabled": true, "map": {"publish_proxy_enabled": true}
                """#
            ),
            finds: "proxy-on-map channel.namespaces[chat].publish_proxy_enabled"
        ),
        DoctorCase(
            "subscribe proxy on maps of users",
            channels(
                ["subscribe", "sub_refresh"],
                #"""
                "subscription_type": "map_users", "subscribe_proxy_enabled": true, "sub_refresh_proxy_enabled": true
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

    static let handled = [
        DoctorCase(
            "connections may expire",
            connecting,
            finds: "note expiry-without-refresh client.proxy.connect.enabled"
        ),
        DoctorCase(
            "connections do expire",
            connecting,
            handled: HandledRules(connectionsExpire: true),
            finds: "expiry-without-refresh client.proxy.connect.enabled"
        ),
        DoctorCase("connections do not expire", connecting, handled: HandledRules(connectionsExpire: false)),
        DoctorCase(
            "subscriptions do expire",
            subscribing,
            handled: HandledRules(subscriptionsExpire: true),
            finds: "expiry-without-refresh channel.namespaces[chat].subscribe_proxy_enabled"
        ),
        DoctorCase(
            "handled here and not enabled there, and the reverse",
            subscribing,
            handled: HandledRules(events: [.connect, .notifyCacheEmpty], subscriptionsExpire: false),
            finds: "handled-not-enabled client.proxy.connect",
            "enabled-not-handled channel.namespaces[chat].subscribe_proxy_enabled"
        ),
        DoctorCase(
            "streams of the other kind",
            channels(["subscribe_stream"], #""subscribe_stream_proxy_enabled": true"#),
            handled: HandledRules(events: [.subscribeBidirectional]),
            finds: "handled-not-enabled channel.proxy.subscribe_stream",
            "enabled-not-handled channel.namespaces[chat].subscribe_stream_proxy_enabled"
        ),
        DoctorCase(
            "not enabled is found once",
            #"{"rpc": {"proxy": {"endpoint": "grpc://127.0.0.1:1"}}}"#,
            handled: HandledRules(events: [.rpc]),
            finds: "not-enabled rpc.proxy"
        ),
        DoctorCase(
            "handled here, and Centrifugo asks HTTP",
            #"{"rpc": {"proxy": {"endpoint": "http://app/"}, "without_namespace": {"proxy_enabled": true}}}"#,
            handled: HandledRules(events: [.rpc]),
            finds: "handled-not-enabled rpc.proxy"
        ),
        DoctorCase(
            "rules for a namespace that is not there",
            channels([], #""presence": true"#),
            handled: HandledRules(topics: ["chat:{room}", "game:{id}", "{any}:x", "public"]),
            finds: "unknown-namespace channel.namespaces"
        ),
    ]
}
