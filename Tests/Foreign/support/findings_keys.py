"""What `centrifugo-proxy doctor` finds: keys, variables and values that Centrifugo does not read."""

from doctored import E, Finding, called

FINDINGS: list[Finding] = [
    (
        '{"client": {}, "client": {"insecure": true}}',
        "",
        [
            "problem at client (repeated-key)",
            "The key is repeated, and the last value applies.",
            "Fix: keep one of them.",
        ],
    ),
    (
        {"client": {"insecur": True}},
        "",
        [
            "problem at client.insecur (unknown-key)",
            "Centrifugo does not read insecur here.",
            "Fix: did you mean insecure?",
        ],
    ),
    (
        {"client": {"nothing_like_it": True}},
        "",
        [
            "problem at client.nothing_like_it (unknown-key)",
            "Centrifugo does not read nothing_like_it here.",
            "Fix: remove it, or check its name.",
        ],
    ),
    (
        {"rpc": {"proxy": {"enabled": True, "endpoint": E}}},
        "",
        [
            "problem at rpc.proxy.enabled (unknown-key)",
            "enabled is not a key here: Centrifugo does not read it, and namespaces switch this proxy on.",
            "Fix: set proxy_enabled to true in rpc.without_namespace or in a namespace of RPC, and remove enabled.",
        ],
    ),
    (
        {"rpc": {"enabled": True, "": 1}},
        "",
        [
            "problem at rpc.\"\" (unknown-key)",
            "Centrifugo does not read \"\" here.",
            "Fix: remove it, or check its name.",
            "problem at rpc.enabled (unknown-key)",
            "Centrifugo does not read enabled here.",
            "Fix: remove it, or check its name.",
        ],
    ),
    (
        called(credentials_key="x-secret"),
        "",
        [
            "problem at rpc.proxy.credentials_key (unknown-key)",
            "Centrifugo does not read credentials_key here.",
            "Fix: write grpc.credentials_key: it goes into grpc.",
        ],
    ),
    (
        called(http_headers=["a"], hmac_secret_key="a"),
        "",
        [
            "problem at rpc.proxy.hmac_secret_key (unknown-key)",
            "Centrifugo does not read hmac_secret_key here.",
            "Fix: write it at client.subscription_token.hmac_secret_key or client.token.hmac_secret_key or shared_poll.hmac_secret_key.",
        ],
    ),
    (
        {"proxies": [{"name": "main", "endpoint": E, "type": "grpc"}], "rpc": {"without_namespace": {"proxy_enabled": True, "proxy_name": "main"}}},
        "",
        [
            "problem at proxies[main].type (old-key)",
            "type is a key of Centrifugo 5 or older, which Centrifugo 6 does not read.",
            "Fix: write endpoint (its scheme, grpc:// or http://, tells the type).",
        ],
    ),
    (
        {"proxy_connect_endpoint": E, "proxy_connect_timeout": "6s", "presence": True},
        "",
        [
            "problem at presence, proxy_connect_endpoint, proxy_connect_timeout (old-configuration)",
            "These are keys of Centrifugo 5 or older, which Centrifugo 6 does not read.",
            "Fix: presence becomes channel.without_namespace.presence; proxy_connect_endpoint becomes client.proxy.connect.endpoint and client.proxy.connect.enabled; proxy_connect_timeout becomes client.proxy.connect.timeout.",
            "problem at proxy_connect_timeout (timeout-after-client)",
            "Clients' SDKs wait for an answer for 5 s, and the timeout is 6 s: a later answer is too late.",
            "Fix: set it to less than \"5s\".",
        ],
    ),
    (
        (".env", f"CENTRIFUGO_PROXY_RPC_ENDPOINT={E}\nCENTRIFUGO_CLIENT_INSECUR=true\n"),
        "",
        [
            "problem at CENTRIFUGO_CLIENT_INSECUR (unknown-variable)",
            "Centrifugo does not read this variable.",
            "Fix: did you mean CENTRIFUGO_CLIENT_INSECURE?",
            "problem at CENTRIFUGO_PROXY_RPC_ENDPOINT (old-variable)",
            "It stands for proxy_rpc_endpoint, a key of Centrifugo 5 or older, which Centrifugo 6 does not read.",
            "Fix: set CENTRIFUGO_RPC_PROXY_ENDPOINT and CENTRIFUGO_RPC_WITHOUT_NAMESPACE_PROXY_ENABLED.",
        ],
    ),
    (
        called(grpc={"credentials_key": "x-secret", "credentials_value": "${SECRET}"}),
        "",
        [
            "problem at rpc.proxy.grpc.credentials_value (placeholder)",
            "Centrifugo does not replace the placeholder: it uses the text as it is.",
            "Fix: write the value, or set this option by its environment variable; ${CENTRIFUGO_VAR_…} is replaced in static_metadata and static_headers only.",
        ],
    ),
]  # fmt: skip
