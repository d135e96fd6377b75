extension KeyKind {
    /// All of Centrifugo 6.9's configuration; of sections unrelated to proxies only the names.
    static let configuration: Keys =
        [
            "client": client,
            "channel": channel,
            "rpc": .object([
                "proxy": proxy,
                "without_namespace": .object(rpcOptionKeys),
                "namespaces": .objects(rpcOptionKeys + ["name": .text]),
                "ping": .object(["enabled": .flag, "method": .text]),
                "namespace_boundary": .text,
            ]),
            "proxies": .objects(proxyKeys + ["name": .text]),
            "shared_poll": .object(
                Keys(.text, "hmac_secret_key", "hmac_previous_secret_key")
                    + Keys(.integer, "hmac_previous_secret_key_valid_until", "concurrency_limit")
            ),
            "consumers": .foreignList,
            "pid_file": .text,
            "enable_unreleased_features": .flag,
        ]
        + Keys(
            .foreignObject,
            "http_server",
            "log",
            "engine",
            "broker",
            "presence_manager",
            "map_broker",
            "controller",
            "http_api",
            "grpc_api",
            "websocket",
            "sse",
            "http_stream",
            "webtransport",
            "uni_sse",
            "uni_http_stream",
            "uni_websocket",
            "uni_grpc",
            "emulation",
            "admin",
            "prometheus",
            "health",
            "swagger",
            "debug",
            "init",
            "opentelemetry",
            "graphite",
            "usage_stats",
            "node",
            "shutdown"
        )

    /// The sections without keys here that have `enabled`.
    static let switchedSections: Set = [
        "admin", "debug", "graphite", "grpc_api", "health", "http_stream", "init", "opentelemetry", "prometheus", "sse",
        "swagger", "uni_grpc", "uni_http_stream", "uni_sse", "uni_websocket", "webtransport",
    ]

    private static let rpcOptionKeys: Keys = ["proxy_enabled": .flag, "proxy_name": .text]
}
