"""What `centrifugo-proxy doctor` finds: options of a proxy that do not have the effect they suggest."""

from doctored import E, Finding, called, connected, polled

FINDINGS: list[Finding] = [
    (
        called(http_headers=["User-Agent"]),
        "",
        [
            "problem at rpc.proxy.http_headers (reserved-header)",
            "User-Agent is never forwarded: gRPC sets a header of this name itself and drops the client's.",
            "Fix: remove it; if rules need it, make the proxy in front of Centrifugo copy it to another name.",
        ],
    ),
    (
        called(http_headers=["X-A,X-B"]),
        "",
        [
            "problem at rpc.proxy.http_headers (bad-header-name)",
            '"X-A,X-B" is one name to Centrifugo, and no header has it: nothing is forwarded.',
            "Fix: write a list with one name in each element; in a variable, names with spaces between them.",
        ],
    ),
    (
        called(grpc={"static_metadata": {"a b": "1"}}),
        "",
        [
            "problem at rpc.proxy.grpc.static_metadata.a b (bad-metadata)",
            'The metadata name "a b" has letters that gRPC does not allow: each call fails, and clients get error 100.',
            "Fix: names have small letters, digits, dashes, dots and underscores; values are printable ASCII.",
        ],
    ),
    (
        called(grpc={"credentials_key": "user-agent", "credentials_value": "s"}),
        "",
        [
            "problem at rpc.proxy.grpc.credentials_key (reserved-metadata)",
            "user-agent is never sent: gRPC sets a header of this name itself.",
            "Fix: choose another name.",
        ],
    ),
    (
        called(http_headers=["Connection"]),
        "",
        [
            "problem at rpc.proxy.http_headers (forbidden-header)",
            "HTTP/2 forbids Connection, and Centrifugo sends it all the same: each call that carries it is reset, and of a WebSocket's request that is every one that has the header.",
            "Fix: remove it.",
        ],
    ),
    (
        called(http_headers=["Authorization"]),
        "",
        [
            "note at rpc.proxy.http_headers (browser-header)",
            "Browsers cannot set Authorization on a WebSocket; what the SDK's option headers sends is forwarded by emulated_headers only, since Centrifugo 6.9.",
            "Fix: add Authorization to emulated_headers if clients are browsers.",
        ],
    ),
    (
        called(grpc_metadata=["X-Tenant"]),
        "",
        [
            "problem at rpc.proxy.grpc_metadata (upper-case-metadata)",
            "X-Tenant never matches: the names of metadata arrive in lower case and are compared as they are.",
            "Fix: write x-tenant.",
        ],
    ),
    (
        {"channel": {"proxy": {"subscribe_stream": {"endpoint": E, "http_headers": ["X-Tenant"]}}, "without_namespace": {"subscribe_stream_proxy_enabled": True}}},
        "",
        [
            "problem at channel.proxy.subscribe_stream.http_headers (upper-case-metadata)",
            "X-Tenant never matches: for streams the names of this list are compared with names in lower case.",
            "Fix: write x-tenant.",
        ],
    ),
    (
        polled(http_headers=["x-a"]),
        "",
        [
            "problem at channel.proxy.shared_poll_refresh.http_headers (no-client)",
            "SharedPollRefresh is about no client: Centrifugo forwards nothing to it.",
            "Fix: remove the list.",
        ],
    ),
    (
        called(http_headers=["x-a"], grpc={"static_metadata": {"x-a": "1"}}),
        "",
        [
            "problem at rpc.proxy.grpc.static_metadata.x-a (overridden-metadata)",
            "A header of the same name is forwarded from clients and replaces the static value: what a client sends is then taken for Centrifugo's own.",
            "Fix: take it out of http_headers, emulated_headers and grpc_metadata, or rename the static one.",
        ],
    ),
    (
        called(http_headers=["x-a"], grpc={"credentials_key": "x-a"}),
        "",
        [
            "problem at rpc.proxy.grpc.credentials_key (two-credentials)",
            "x-a is forwarded from clients or static as well: a call then has two values for it, and this server refuses a call without exactly one.",
            "Fix: take it out of http_headers, emulated_headers, grpc_metadata and static_metadata.",
        ],
    ),
    (
        called(grpc={"credentials_value": "a"}),
        "",
        [
            "problem at rpc.proxy.grpc.credentials_value (value-without-key)",
            "credentials_value is set, and credentials_key is not: nothing is sent.",
            "Fix: set grpc.credentials_key to the name that this server's secret has.",
        ],
    ),
    (
        called(grpc={"tls": {"server_ca_pem": "a"}}),
        "",
        [
            "problem at rpc.proxy.grpc.tls.enabled (tls-not-enabled)",
            "TLS has options, and is not switched on: Centrifugo calls in plaintext.",
            "Fix: set it to true, or remove grpc.tls.",
        ],
    ),
    (
        called(timeout=1),
        "",
        [
            "problem at rpc.proxy.timeout (no-timeout)",
            "A timeout of 1 ns is over before an answer can come, so each call fails; a number without a unit counts nanoseconds.",
            "Fix: set it to \"1s\", or remove it: that is the default.",
        ],
    ),
    (
        connected(timeout="11s"),
        "",
        [
            "problem at client.proxy.connect.timeout (timeout-after-stale-close)",
            "Centrifugo closes a connection that has not connected within 10 s, before the timeout of 11 s is over.",
            "Fix: set it to at most \"5s\", after which clients give up as well.",
        ],
    ),
    (
        called(timeout="6s"),
        "",
        [
            "problem at rpc.proxy.timeout (timeout-after-client)",
            "Clients' SDKs wait for an answer for 5 s, and the timeout is 6 s: a later answer is too late.",
            "Fix: set it to less than \"5s\".",
        ],
    ),
]  # fmt: skip
