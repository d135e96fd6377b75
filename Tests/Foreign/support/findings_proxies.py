"""What `centrifugo-proxy doctor` finds: proxies that are not called, or not as they should be."""

from doctored import E, Finding, called, connected, namespaced

FINDINGS: list[Finding] = [
    # Endpoints.
    (
        called(endpoint="tcp://a:1"),
        "",
        [
            "problem at rpc.proxy.endpoint (unknown-scheme)",
            "Centrifugo does not know tcp:// and passes it on as a host's name: each call fails, and clients get error 100.",
            "Fix: write grpc:// before host and port; TLS is switched on by grpc.tls.enabled.",
        ],
    ),
    (
        called(endpoint="grpc://::1:10001"),
        "",
        [
            "problem at rpc.proxy.endpoint (unusable-endpoint)",
            "\"::1:10001\" is not host:port: each call fails, and clients get error 100.",
            "Fix: write grpc:// before host and port; TLS is switched on by grpc.tls.enabled.",
        ],
    ),
    (
        called(endpoint="grpc://127.0.0.1:100010"),
        "",
        [
            "problem at rpc.proxy.endpoint (no-such-port)",
            "The port 100010 does not exist: each call fails, and clients get error 100.",
            "Fix: write the port that this server listens on, 10001 by default.",
        ],
    ),
    (
        called(endpoint="grpc://a"),
        "",
        [
            "problem at rpc.proxy.endpoint (no-port)",
            "a has no port, and gRPC then takes 443.",
            "Fix: add the port that this server listens on, 10001 by default.",
            "note at rpc.proxy.endpoint (one-replica)",
            "If a stands for several servers, each Centrifugo node calls only the first that answers, for as long as that connection lives (gRPC's pick_first).",
            "Fix: put a balancer for HTTP/2 in front, or set maxConnectionAge here (max_connection_age in a policy file) so that nodes choose again.",
        ],
    ),
    (
        called(endpoint="grpc://proxy.internal:1"),
        "",
        [
            "note at rpc.proxy.endpoint (one-replica)",
            "If proxy.internal stands for several servers, each Centrifugo node calls only the first that answers, for as long as that connection lives (gRPC's pick_first).",
            "Fix: put a balancer for HTTP/2 in front, or set maxConnectionAge here (max_connection_age in a policy file) so that nodes choose again.",
        ],
    ),
    (
        ("compose.yaml", f"services: {{centrifugo: {{image: 'centrifugo/centrifugo:v6', environment: {{CENTRIFUGO_RPC_PROXY_ENDPOINT: '{E}', CENTRIFUGO_RPC_WITHOUT_NAMESPACE_PROXY_ENABLED: 'true'}}}}}}\n"),
        "",
        [
            "note at rpc.proxy.endpoint (localhost-in-container)",
            "127.0.0.1 is Centrifugo's own container there, and this server usually runs in another.",
            "Fix: write the name of this server's service, or leave it if both share a network namespace.",
        ],
    ),
    # What is switched on.
    (
        {"client": {"proxy": {"connect": {"enabled": True, "endpoint": E}}}},
        "",
        [
            "note at client.proxy.connect.enabled (expiry-without-refresh)",
            "Without client.proxy.refresh connections with an expire_at are closed when it passes (3005), and clients do not come back with it.",
            "Fix: set client.proxy.refresh.enabled to true, if answers set expire_at.",
        ],
    ),
    (
        namespaced(["subscribe"], subscribe_proxy_enabled=True),
        "",
        [
            "note at channel.namespaces[chat].subscribe_proxy_enabled (expiry-without-refresh)",
            "Without channel.proxy.sub_refresh subscriptions with an expire_at end when it passes.",
            "Fix: also set sub_refresh_proxy_enabled to true, if answers set expire_at.",
        ],
    ),
    (
        {"client": {"proxy": {"connect": {"endpoint": E}}}},
        "",
        [
            "problem at client.proxy.connect.enabled (not-enabled)",
            "The proxy has an endpoint, and nothing switches it on, so it is never called.",
            "Fix: set client.proxy.connect.enabled to true, or remove the endpoint.",
        ],
    ),
    (
        namespaced(["subscribe"]),
        "",
        [
            "problem at channel.proxy.subscribe (not-enabled)",
            "The proxy has an endpoint, and nothing switches it on, so it is never called.",
            "Fix: set subscribe_proxy_enabled to true in channel.without_namespace or in a namespace of channels, or remove the endpoint.",
        ],
    ),
    (
        {"rpc": {"proxy": {"endpoint": E}}},
        "",
        [
            "problem at rpc.proxy (not-enabled)",
            "The proxy has an endpoint, and nothing switches it on, so it is never called.",
            "Fix: set proxy_enabled to true in rpc.without_namespace or in a namespace of RPC, or remove the endpoint.",
        ],
    ),
    (
        namespaced(["shared_poll_refresh"]),
        "",
        [
            "problem at channel.proxy.shared_poll_refresh (not-enabled)",
            "The proxy has an endpoint, and nothing switches it on, so it is never called.",
            "Fix: set subscription_type to \"shared_poll\" in a channel namespace, or remove the endpoint.",
        ],
    ),
    (
        namespaced([], subscribe_stream_proxy_bidirectional=True),
        "",
        [
            "problem at channel.namespaces[chat].subscribe_stream_proxy_bidirectional (not-enabled)",
            "It has no effect without subscribe_stream_proxy_enabled.",
            "Fix: also set subscribe_stream_proxy_enabled to true.",
        ],
    ),
    (
        {"rpc": {"without_namespace": {"proxy_enabled": True}}},
        "",
        [
            "problem at rpc.proxy.endpoint (no-endpoint)",
            "rpc.without_namespace.proxy_enabled switches on a proxy that has no endpoint: Centrifugo starts, and answers each method with error 100.",
            "Fix: set it to grpc:// and this server's host and port, such as grpc://127.0.0.1:10001.",
        ],
    ),
    (
        {"proxies": [{"name": "other", "endpoint": E}]},
        "",
        [
            "problem at proxies[other] (unused-proxy)",
            "No namespace names this proxy, so it is never called.",
            "Fix: name it in a namespace, for example by subscribe_proxy_name, or remove it.",
        ],
    ),
    (
        {"proxies": [{"name": "other", "endpoint": E}], "channel": {"namespaces": [{"name": "chat", "publish_proxy_name": "other"}]}},
        "",
        [
            "problem at channel.namespaces[chat].publish_proxy_name (name-without-switch)",
            "It names a proxy and switches nothing on, so the proxy is not called from here.",
            "Fix: also set publish_proxy_enabled to true.",
        ],
    ),
    (
        namespaced(["map_publish"], map={"publish_proxy_enabled": True}),
        "",
        [
            "note at channel.namespaces[chat].map.publish_proxy_enabled (no-map)",
            "The namespace's subscription_type does not make it one of map channels, and only these have keys.",
            "Fix: set subscription_type to \"map\", and map.mode, in this namespace.",
        ],
    ),
    (
        namespaced(["publish"], subscription_type="map", map={"mode": "persistent"}, publish_proxy_enabled=True),
        "",
        [
            "problem at channel.namespaces[chat].publish_proxy_enabled (proxy-on-map)",
            "The namespace is of map channels, and this proxy does not decide about their keys.",
            "Fix: use map.publish_proxy_enabled instead.",
        ],
    ),
    (
        namespaced(["subscribe", "sub_refresh"], subscription_type="map", map={"mode": "persistent"}, subscribe_proxy_enabled=True, sub_refresh_proxy_enabled=True),
        "",
        [
            "problem at channel.namespaces[chat].subscribe_proxy_enabled (proxy-on-map)",
            "The namespace is of map channels: the proxy is called, and whatever it answers the client gets error 107.",
            "Fix: let clients subscribe by tokens or by allow_subscribe_for_client, and remove it.",
        ],
    ),
    (
        namespaced(["subscribe", "sub_refresh"], subscribe_proxy_enabled=True, sub_refresh_proxy_enabled=True, allow_user_limited_channels=True),
        "",
        [
            "note at channel.namespaces[chat].allow_user_limited_channels (user-limited)",
            "Channels with # in their names are decided by Centrifugo alone, by the users after it: subscribe_proxy_enabled does not apply to them.",
            "Fix: remove it if this server should decide about all channels.",
        ],
    ),
    (
        {**connected(), "client": {**connected()["client"], "token": {"hmac_secret_key": "a long random value"}}},
        "",
        [
            "note at client.token.hmac_secret_key (token-passes-by)",
            "A client that sends a token in its SDK's option token is checked by Centrifugo alone: Connect is not called for it.",
            "Fix: remove the key if this server should decide about all clients; they then send their token in the option data.",
        ],
    ),
]  # fmt: skip
