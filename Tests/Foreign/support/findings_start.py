"""What `centrifugo-proxy doctor` finds: configurations that Centrifugo does not start with."""

from doctored import E, Finding, called, namespaced

FINDINGS: list[Finding] = [
    (
        namespaced([], history_size=1, history_ttl="1.5s"),
        "",
        [
            "problem at channel.namespaces[chat].history_ttl (not-whole-seconds)",
            "It has parts of a second, so Centrifugo does not start.",
            'Fix: write whole seconds, such as "60s".',
        ],
    ),
    (
        {"client": {"insecure": "yes"}},
        "",
        [
            "problem at client.insecure (not-boolean)",
            "\"yes\" is not a boolean, so Centrifugo does not start.",
            "Fix: write true or false; yes, no, on and off are texts.",
        ],
    ),
    (
        {"client": {"insecure": []}, "channel": True},
        "",
        [
            "problem at channel (wrong-type)",
            "It is a boolean, but Centrifugo expects an object, so Centrifugo does not start.",
            "Fix: write an object.",
            "problem at client.insecure (wrong-type)",
            "It is a list, but Centrifugo expects true or false, so Centrifugo does not start.",
            "Fix: write true or false.",
        ],
    ),
    (
        (".env", "CENTRIFUGO_CLIENT_INSECURE=on\nCENTRIFUGO_PROXIES=[{]\n"),
        "",
        [
            "problem at CENTRIFUGO_CLIENT_INSECURE (not-boolean)",
            "\"on\" is not a boolean, so Centrifugo does not start.",
            "Fix: write true or false; yes, no, on and off are texts.",
            "problem at CENTRIFUGO_PROXIES (not-json)",
            "The value is not JSON: a key in double quotes is missing, so Centrifugo does not start.",
            "Fix: write a JSON list of objects, or names with spaces between them.",
        ],
    ),
    (
        (".env", "CENTRIFUGO_HTTP_SERVER_PORT=tcp://10.0.0.1:8000\n"),
        "",
        [
            "problem at CENTRIFUGO_HTTP_SERVER_PORT (wrong-type)",
            "\"tcp://10.0.0.1:8000\" is not a number, so Centrifugo does not start.",
            "Fix: set enableServiceLinks to false in the pod: Kubernetes made this variable of a Service's name.",
        ],
    ),
    (
        {"proxies": [{"name": "a", "endpoint": E}, {"name": "default", "endpoint": E}, {"name": "main", "endpoint": E}, {"name": "main", "endpoint": E}]},
        "",
        [
            "problem at proxies[a].name (bad-name)",
            "\"a\" cannot be a name, so Centrifugo does not start.",
            "Fix: give it at least two characters: letters of ASCII, digits, dashes, underscores and dots.",
            "problem at proxies[default].name (reserved-name)",
            "The name default stands for the default proxies, so Centrifugo does not start.",
            "Fix: choose another name.",
            "problem at proxies (duplicate-name)",
            "Two are named main, so Centrifugo does not start.",
            "Fix: rename one, or remove it.",
            "problem at proxies[a], proxies[default], proxies[main] (unused-proxy)",
            "No namespace names this proxy, so it is never called.",
            "Fix: name it in a namespace, for example by subscribe_proxy_name, or remove it.",
        ],
    ),
    (
        {"proxies": [{"name": "main"}], "rpc": {"without_namespace": {"proxy_enabled": True, "proxy_name": "main"}}},
        "",
        [
            "problem at proxies[main].endpoint (no-endpoint)",
            "The proxy has no endpoint, so Centrifugo does not start.",
            "Fix: set it to grpc:// and this server's host and port, such as grpc://127.0.0.1:10001.",
        ],
    ),
    (
        {"rpc": {"proxy": {"endpoint": E}, "without_namespace": {"proxy_enabled": True, "proxy_name": "other"}}},
        "",
        [
            "problem at rpc.without_namespace.proxy_name (unknown-proxy)",
            "There is no proxy \"other\" in proxies, so Centrifugo does not start.",
            "Fix: add it to proxies, or name one of those there.",
            "problem at rpc.proxy (not-enabled)",
            "The proxy has an endpoint, and nothing switches it on, so it is never called.",
            "Fix: set proxy_enabled to true in rpc.without_namespace or in a namespace of RPC, or remove the endpoint.",
        ],
    ),
    (
        {"client": {"proxy": {"connect": {"enabled": True}}}},
        "",
        [
            "problem at client.proxy.connect.endpoint (no-endpoint)",
            "client.proxy.connect.enabled switches on a proxy that has no endpoint, so Centrifugo does not start.",
            "Fix: set it to grpc:// and this server's host and port, such as grpc://127.0.0.1:10001.",
            "note at client.proxy.connect.enabled (expiry-without-refresh)",
            "Without client.proxy.refresh connections with an expire_at are closed when it passes (3005), and clients do not come back with it.",
            "Fix: set client.proxy.refresh.enabled to true, if answers set expire_at.",
        ],
    ),
    (
        called(endpoint="grpc://${HOST}:1"),
        "",
        [
            "problem at rpc.proxy.endpoint (malformed-endpoint)",
            "\"${HOST}\" is not the name of a host, so Centrifugo does not start.",
            "Fix: write the address itself: Centrifugo replaces nothing in an endpoint; a variable of its own can set it.",
        ],
    ),
    (
        called(endpoint="grpc://a:b"),
        "",
        [
            "problem at rpc.proxy.endpoint (malformed-endpoint)",
            "\"b\" is not a port, so Centrifugo does not start.",
            "Fix: write grpc:// and host:port.",
        ],
    ),
    (
        (".env", f"CENTRIFUGO_CLIENT_PROXY_CONNECT_ENABLED=true\nCENTRIFUGO_CLIENT_PROXY_CONNECT_ENDPOINT={E}\nCENTRIFUGO_CLIENT_PROXY_CONNECT_TIMEOUT=0s\nCENTRIFUGO_CLIENT_PROXY_REFRESH_ENABLED=true\nCENTRIFUGO_CLIENT_PROXY_REFRESH_ENDPOINT={E}\n"),
        "",
        [
            "problem at client.proxy.connect.timeout (timeout-zero)",
            "A variable sets the timeout to zero, so Centrifugo does not start.",
            "Fix: set it to 1s, or remove the variable: 1s is the default.",
        ],
    ),
    (
        called(timeout="soon"),
        "",
        [
            "problem at rpc.proxy.timeout (not-duration)",
            "\"soon\" is not a duration, so Centrifugo does not start.",
            "Fix: write a number and a unit (ns, us, ms, s, m, h), such as \"1s\" or \"500ms\".",
        ],
    ),
    (
        called(timeout="9999999999h"),
        "",
        [
            "problem at rpc.proxy.timeout (not-duration)",
            "\"9999999999h\" is not a duration, so Centrifugo does not start.",
            "Fix: write a number and a unit (ns, us, ms, s, m, h), such as \"1s\" or \"500ms\".",
        ],
    ),
    (
        called(grpc={"static_metadata": {"x-a": "${CENTRIFUGO_VAR_A}"}}),
        "",
        [
            "problem at rpc.proxy.grpc.static_metadata (variable-missing)",
            "It uses the variable CENTRIFUGO_VAR_A, which is not set, so Centrifugo does not start.",
            "Fix: set CENTRIFUGO_VAR_A in Centrifugo's environment.",
        ],
    ),
    (
        called(grpc={"static_metadata": [{"key": "x-a", "value": "1"}, {"key": "X-A", "value": "2"}]}),
        "",
        [
            "problem at rpc.proxy.grpc.static_metadata (twice)",
            "\"x-a\" is repeated in the list, so Centrifugo does not start.",
            "Fix: keep one of them.",
        ],
    ),
    (
        called(grpc={"static_metadata": {"x-a": 1}}),
        "",
        [
            "problem at rpc.proxy.grpc.static_metadata (wrong-type)",
            "The value of x-a is a number, but Centrifugo expects a text, so Centrifugo does not start.",
            "Fix: put it in quotes.",
        ],
    ),
    (
        namespaced([], subscription_type="stack", channel_regex="("),
        "",
        [
            "problem at channel.namespaces[chat].subscription_type (unknown-word)",
            "Centrifugo does not know \"stack\", so Centrifugo does not start.",
            "Fix: write stream, map, map_clients, map_users or shared_poll.",
            "problem at channel.namespaces[chat].channel_regex (bad-regex)",
            "\"(\" is not a regular expression of Go, so Centrifugo does not start.",
            "Fix: correct it; Go has neither lookaround nor back-references.",
        ],
    ),
    (
        namespaced([], history_size=10),
        "",
        [
            "problem at channel.namespaces[chat].history_size (option-missing)",
            "history_size needs history_ttl, so Centrifugo does not start.",
            "Fix: also set history_ttl.",
        ],
    ),
    (
        namespaced([], force_recovery=True),
        "",
        [
            "problem at channel.namespaces[chat].force_recovery (option-missing)",
            "force_recovery needs history_size and history_ttl, so Centrifugo does not start.",
            "Fix: also set history_size and history_ttl.",
        ],
    ),
    (
        namespaced([], subscription_type="map"),
        "",
        [
            "problem at channel.namespaces[chat].map.mode (option-missing)",
            "subscription_type map needs map.mode, so Centrifugo does not start.",
            "Fix: also set map.mode.",
        ],
    ),
    (
        namespaced(["map_publish"], subscription_type="map", map={"mode": "persistent", "key_ttl": "1m", "client_key": "user_id", "publish_proxy_enabled": True}),
        "",
        [
            "problem at channel.namespaces[chat].map.key_ttl (options-exclude)",
            "Keys of map.mode persistent do not expire, so Centrifugo does not start.",
            "Fix: remove it.",
            "problem at channel.namespaces[chat].map.client_key (options-exclude)",
            "map.publish_proxy_enabled is on beside it, and the two exclude each other, so Centrifugo does not start.",
            "Fix: remove one of them.",
        ],
    ),
    (
        {"channel": {"proxy": {"shared_poll_refresh": {"endpoint": E}}, "namespaces": [{"name": "poll", "subscription_type": "shared_poll"}]}},
        "",
        [
            "problem at shared_poll.hmac_secret_key (option-missing)",
            "The namespace poll has the subscription_type shared_poll, which needs the key at the top level, so Centrifugo does not start.",
            "Fix: set shared_poll.hmac_secret_key to a secret that your backend signs tracked keys with.",
        ],
    ),
    (
        {"client": {"subscribe_to_user_personal_channel": {"enabled": True, "personal_channel_namespace": "own"}}},
        "",
        [
            "problem at client.subscribe_to_user_personal_channel.personal_channel_namespace (unknown-namespace)",
            "There is no namespace \"own\" in channel.namespaces, so Centrifugo does not start.",
            "Fix: add it there, or name one of those.",
        ],
    ),
    (
        {"client": {"subscribe_to_user_personal_channel": {"enabled": True, "single_connection": True}}},
        "",
        [
            "problem at client.subscribe_to_user_personal_channel.single_connection (option-missing)",
            "It needs presence in the personal channel's namespace, so Centrifugo does not start.",
            "Fix: set presence to true there.",
        ],
    ),
    (
        namespaced(["subscribe_stream", "publish"], subscribe_stream_proxy_enabled=True, publish_proxy_enabled=True),
        "",
        [
            "problem at channel.namespaces[chat].subscribe_stream_proxy_enabled (stream-beside-others)",
            "publish_proxy_enabled is on in the same namespace, so Centrifugo does not start.",
            "Fix: give the channels with streams a namespace of their own.",
        ],
    ),
    (
        {"channel": {"proxy": {"subscribe_stream": {"endpoint": "http://a/"}}, "without_namespace": {"subscribe_stream_proxy_enabled": True}}},
        "",
        [
            "problem at channel.proxy.subscribe_stream.endpoint (stream-over-http)",
            "channel.without_namespace.subscribe_stream_proxy_enabled calls it, and streams need gRPC, not http://a/, so Centrifugo does not start.",
            "Fix: write grpc:// and the host and port of a gRPC server.",
        ],
    ),
]  # fmt: skip
