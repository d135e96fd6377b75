"""What `centrifugo-proxy doctor` finds: configurations that do not fit a policy."""

from doctored import ASKED, ROOMS, E, Finding, called, connected, namespaced

FINDINGS: list[Finding] = [
    (
        {},
        "connect: {anonymous: true}",
        [
            "problem at client.proxy.connect (handled-not-enabled)",
            "This server handles Connect, and Centrifugo never calls it.",
            "Fix: set client.proxy.connect.enabled to true and give client.proxy.connect the endpoint of this server.",
        ],
    ),
    (
        {},
        ROOMS,
        [
            "problem at channel.namespaces (unknown-namespace)",
            "This server has a rule for chat:{room}, and Centrifugo has no namespace \"chat\": it refuses such channels with 102.",
            "Fix: add a namespace with the name \"chat\", or choose another divider than : here.",
            "problem at channel.proxy.subscribe (handled-not-enabled)",
            "This server handles Subscribe, and Centrifugo never calls it.",
            "Fix: set subscribe_proxy_enabled to true in channel.without_namespace or in a namespace of channels and give channel.proxy.subscribe the endpoint of this server.",
        ],
    ),
    (
        called(),
        "topics: []",
        [
            "problem at rpc.without_namespace.proxy_enabled (enabled-not-handled)",
            "Centrifugo calls RPC, which this server does not handle and so refuses.",
            "Fix: handle it here, or switch the proxy off there.",
        ],
    ),
    (
        namespaced(["subscribe_stream"], subscribe_stream_proxy_enabled=True),
        ROOMS,
        [
            "problem at channel.proxy.subscribe (handled-not-enabled)",
            "This server handles Subscribe, and Centrifugo never calls it.",
            "Fix: set subscribe_proxy_enabled to true in channel.without_namespace or in a namespace of channels and give channel.proxy.subscribe the endpoint of this server.",
            "problem at channel.namespaces[chat].subscribe_stream_proxy_enabled (enabled-not-handled)",
            "Centrifugo calls SubscribeUnidirectional, which this server does not handle and so refuses.",
            "Fix: handle it here, or switch the proxy off there.",
        ],
    ),
    (
        {"channel": {"proxy": {"subscribe": {"endpoint": E}}, "without_namespace": {"subscribe_proxy_enabled": True}, "namespaces": [{"name": "chat"}]}},
        ROOMS,
        [
            "problem at channel.namespaces[chat].subscribe_proxy_enabled (namespace-not-asked)",
            "This server has a rule for chat:{room}, and without subscribe_proxy_enabled Centrifugo does not ask it about such channels.",
            "Fix: set it to true.",
        ],
    ),
    (
        ASKED,
        "topics: [{pattern: 'chat:{room}', who: anyone, options: {presence: true, join_leave: true, force_recovery: true}}]",
        [
            "problem at channel.namespaces[chat].allow_presence_for_subscriber (option-not-set)",
            "The rule for chat:{room} overrides presence, and without this right presence() is refused with 103.",
            "Fix: set it to true: an override in the answer does not do it alone.",
            "problem at channel.namespaces[chat].force_push_join_leave (option-not-set)",
            "The rule for chat:{room} overrides join_leave, and without this option no client gets a join.",
            "Fix: set it to true: an override in the answer does not do it alone.",
            "problem at channel.namespaces[chat].presence (option-not-set)",
            "The rule for chat:{room} overrides presence, and without it in the namespace presence() is refused with 108.",
            "Fix: set it to true: an override in the answer does not do it alone.",
            "problem at channel.namespaces[chat].history_size (option-not-set)",
            "The rule for chat:{room} overrides recovery or positioning, and without history in the namespace nothing is recovered.",
            "Fix: set history_size and history_ttl, such as 100 and \"300s\".",
        ],
    ),
    (
        {"channel": {"proxy": {"subscribe": {"endpoint": E}}, "without_namespace": {"subscribe_proxy_enabled": True}}},
        "topics: [{pattern: '$secret', who: anyone}]",
        [
            "problem at channel.private_prefix (private-channel)",
            "This server has a rule for $secret, and channels that begin with $ are subscribed by a token alone: Centrifugo never asks about them.",
            "Fix: choose another beginning for the channels here.",
        ],
    ),
    (
        {"channel": {"proxy": {"subscribe": {"endpoint": E}}, "without_namespace": {"subscribe_proxy_enabled": True, "allow_user_limited_channels": True}}},
        "topics: [{pattern: 'of#{user}', who: owner}]",
        [
            "problem at channel.without_namespace.allow_user_limited_channels (user-limited-rule)",
            "This server has a rule for of#{user}, and Centrifugo decides alone about channels with #.",
            "Fix: remove allow_user_limited_channels, or the rule here.",
            "note at channel.without_namespace.allow_user_limited_channels (user-limited)",
            "Channels with # in their names are decided by Centrifugo alone, by the users after it: subscribe_proxy_enabled does not apply to them.",
            "Fix: remove it if this server should decide about all channels.",
        ],
    ),
    (
        called(),
        "rpc: {ping: true, http: {base_url: 'http://127.0.0.1:1', allow: ['get:news']}}",
        [
            "problem at rpc.namespaces (unknown-rpc-namespace)",
            "This server has methods that begin with get:, and Centrifugo has no such RPC namespaces: it answers them with 104 itself.",
            "Fix: add {\"name\": \"get\", \"proxy_enabled\": true} to rpc.namespaces.",
        ],
    ),
    (
        {"rpc": {"proxy": {"endpoint": E}, "without_namespace": {}, "namespaces": [{"name": "get", "proxy_enabled": True}, {"name": "post"}]}},
        "rpc: {ping: true, http: {base_url: 'http://127.0.0.1:1', allow: ['post:news']}}",
        [
            "problem at rpc.namespaces[post].proxy_enabled (rpc-namespace-off)",
            "This server has methods of this namespace, and Centrifugo answers them with 108 itself.",
            "Fix: set it to true.",
            "problem at rpc.without_namespace.proxy_enabled (rpc-namespace-off)",
            "This server has methods without a colon, and Centrifugo answers them with 108 itself.",
            "Fix: set it to true.",
        ],
    ),
    (
        ASKED,
        "{listeners: [{tcp: '127.0.0.1:10002'}], topics: [{pattern: 'chat:{room}', who: anyone}]}",
        [
            "problem at channel.proxy.subscribe.endpoint (other-port)",
            "This server listens on port 10002, not on 10001.",
            "Fix: set it to grpc://127.0.0.1:10002.",
        ],
    ),
    (
        ASKED,
        "{listeners: [{tcp: '10.0.0.1:10001'}], topics: [{pattern: 'chat:{room}', who: anyone}]}",
        [
            "problem at channel.proxy.subscribe.endpoint (other-host)",
            "This server does not listen where 127.0.0.1 leads.",
            "Fix: set it to grpc://10.0.0.1:10001.",
        ],
    ),
    (
        ASKED,
        "{listeners: [{unix: /run/a.sock}], topics: [{pattern: 'chat:{room}', who: anyone}]}",
        [
            "problem at channel.proxy.subscribe.endpoint (other-listener)",
            "This server listens on no TCP port.",
            "Fix: set it to unix:///run/a.sock.",
        ],
    ),
    (
        called(endpoint="unix:///run/b.sock"),
        "{listeners: [{unix: /run/a.sock}], rpc: {ping: true}}",
        [
            "problem at rpc.proxy.endpoint (other-listener)",
            "This server does not listen on the Unix socket /run/b.sock.",
            "Fix: set it to unix:///run/a.sock.",
        ],
    ),
    (
        called(endpoint="http://127.0.0.1:10001/rpc"),
        "{listeners: [{tcp: '127.0.0.1:10001'}], rpc: {ping: true}}",
        [
            "problem at rpc.proxy (handled-not-enabled)",
            "This server handles RPC, and Centrifugo never calls it.",
            "Fix: set proxy_enabled to true in rpc.without_namespace or in a namespace of RPC and give rpc.proxy the endpoint of this server.",
            "problem at rpc.proxy.endpoint (http-to-grpc)",
            "http://127.0.0.1:10001/rpc leads to this server, which speaks gRPC: each call by HTTP fails.",
            "Fix: set it to grpc://127.0.0.1:10001.",
        ],
    ),
    (
        called(grpc={"tls": {"enabled": True}}),
        "{listeners: [{tcp: '127.0.0.1:10001'}], rpc: {ping: true}}",
        [
            "problem at rpc.proxy.grpc.tls (tls-not-here)",
            "Centrifugo calls by TLS, and this server listens in plaintext: each call fails.",
            "Fix: set enabled to false, or give the listener here a certificate.",
        ],
    ),
    (
        called(),
        "{listeners: [{tcp: '127.0.0.1:10001', tls: {certificate: a.pem, private_key: a.key, client_ca: ca.pem}}], rpc: {ping: true}}",
        [
            "problem at rpc.proxy.grpc.tls (no-tls)",
            "This server listens by TLS, and Centrifugo calls in plaintext: each call fails.",
            "Fix: set enabled to true, and server_ca_pem to the CA of the certificate here.",
            "problem at rpc.proxy.grpc.tls (no-client-certificate)",
            "This server asks for a client's certificate, and Centrifugo has none: each call fails.",
            "Fix: set cert_pem and key_pem to a certificate that client_ca here has signed, and its key.",
        ],
    ),
    (
        connected(),
        "{tokens: {jwt: {hmac: '01234567890123456789012345678901'}, metadata_key: authorization}, connect: {session: 10min}, topics: [{pattern: staff, who: {roles: [editor]}}]}",
        [
            "problem at channel.without_namespace.subscribe_proxy_enabled (namespace-not-asked)",
            "This server has a rule for staff, and without subscribe_proxy_enabled Centrifugo does not ask it about such channels.",
            "Fix: set it to true.",
            "problem at channel.proxy.subscribe (handled-not-enabled)",
            "This server handles Subscribe, and Centrifugo never calls it.",
            "Fix: set subscribe_proxy_enabled to true in channel.without_namespace or in a namespace of channels and give channel.proxy.subscribe the endpoint of this server.",
            "problem at client.proxy.connect.http_headers, client.proxy.connect.emulated_headers (header-not-forwarded)",
            "The rules for Connect here look at the header authorization, and Centrifugo does not forward it.",
            "Fix: add authorization to the list.",
            "problem at client.proxy.refresh.include_connection_meta (no-meta)",
            "What is extended is looked up by the connection's meta, which Centrifugo does not send: connections and subscriptions end when their time is over.",
            "Fix: set it to true.",
        ],
    ),
    (
        called(),
        "{secret: {key: x-secret, values: [hunter2]}, rpc: {ping: true}}",
        [
            "problem at rpc.proxy.grpc.credentials_key (no-secret)",
            "This server refuses calls without its secret in x-secret, and Centrifugo does not send that.",
            "Fix: set it to x-secret, and credentials_value to the secret.",
        ],
    ),
]  # fmt: skip
