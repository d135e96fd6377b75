/// Keys of Centrifugo 3 to 5, and their replacements in version 6.
enum OldKeys {
    /// Top-level keys, and their new places.
    static let ofTopLevel: [String: String] = proxies.merging(others) { $1 }.merging(channelOptions) { $1 }

    /// Keys of a channel namespace; at the top level, the keys for channels without one.
    static let ofNamespace: [String: String] = [
        "proxy_subscribe": "subscribe_proxy_enabled",
        "proxy_publish": "publish_proxy_enabled",
        "proxy_sub_refresh": "sub_refresh_proxy_enabled",
        "proxy_subscribe_stream": "subscribe_stream_proxy_enabled",
        "proxy_stream_subscribe": "subscribe_stream_proxy_enabled",
        "proxy_subscribe_stream_bidirectional": "subscribe_stream_proxy_bidirectional",
        "proxy_stream_subscribe_bidirectional": "subscribe_stream_proxy_bidirectional",
        "stream_subscribe_proxy_name": "subscribe_stream_proxy_name",
        "publish": "allow_publish_for_client",
        "subscribe_to_publish": "allow_publish_for_subscriber",
        "anonymous": "allow_subscribe_for_anonymous",
        "history_lifetime": "history_ttl",
        "history_recover": "force_recovery",
        "recover": "force_recovery",
        "position": "force_positioning",
        "presence_for_client": "allow_presence_for_client",
        "history_for_client": "allow_history_for_client",
    ]

    /// Keys of an element of `proxies`.
    static let ofProxy: [String: String] = [
        "type": "endpoint (its scheme, grpc:// or http://, tells the type)",
        "grpc_cert_file": "grpc.tls.server_ca_pem and grpc.tls.enabled",
        "grpc_credentials_key": "grpc.credentials_key",
        "grpc_credentials_value": "grpc.credentials_value",
        "grpc_compression": "grpc.compression",
        "static_http_headers": "http.static_headers",
    ]

    /// Keys of an RPC namespace.
    static let ofRPCNamespace = ["rpc_proxy_name": "proxy_name and proxy_enabled"]

    private static let proxies: [String: String] = {
        let kinds: [(old: String, path: String, enabled: String)] = [
            ("connect", "client.proxy.connect", "client.proxy.connect.enabled"),
            ("refresh", "client.proxy.refresh", "client.proxy.refresh.enabled"),
            ("rpc", "rpc.proxy", "rpc.without_namespace.proxy_enabled"),
            ("subscribe", "channel.proxy.subscribe", "subscribe_proxy_enabled of a namespace"),
            ("publish", "channel.proxy.publish", "publish_proxy_enabled of a namespace"),
            ("sub_refresh", "channel.proxy.sub_refresh", "sub_refresh_proxy_enabled of a namespace"),
            ("subscribe_stream", "channel.proxy.subscribe_stream", "subscribe_stream_proxy_enabled of a namespace"),
            ("stream_subscribe", "channel.proxy.subscribe_stream", "subscribe_stream_proxy_enabled of a namespace"),
        ]
        var keys: [String: String] = [:]
        for (old, path, enabled) in kinds {
            keys["proxy_\(old)_endpoint"] = "\(path).endpoint and \(enabled)"
            keys["proxy_\(old)_timeout"] = "\(path).timeout"
            keys["\(old)_proxy_name"] = "\(path) (\(enabled)), with the options of the proxy that it names"
        }
        for name in ["subscribe", "publish", "sub_refresh", "subscribe_stream"] {
            let option = "channel.without_namespace.\(name)_proxy"
            keys["\(name)_proxy_name"] = "\(option)_name and \(option)_enabled"
        }
        keys["stream_subscribe_proxy_name"] = keys["subscribe_stream_proxy_name"]
        keys["rpc_proxy_name"] = "rpc.without_namespace.proxy_name and rpc.without_namespace.proxy_enabled"
        for name in ["http_headers", "grpc_metadata", "binary_encoding", "include_connection_meta"] {
            keys["proxy_\(name)"] = "\(name) of each proxy"
        }
        for name in ["credentials_key", "credentials_value", "compression"] {
            keys["proxy_grpc_\(name)"] = "grpc.\(name) of each proxy"
        }
        keys["proxy_grpc_cert_file"] = "grpc.tls.server_ca_pem and grpc.tls.enabled of each proxy"
        keys["proxy_static_http_headers"] = "http.static_headers of each proxy"
        keys["granular_proxy_mode"] =
            "…_proxy_enabled and …_proxy_name in each namespace (the granular proxy mode is all there is)"
        keys["use_granular_proxies"] = keys["granular_proxy_mode"]
        return keys
    }()

    private static let channelOptions: [String: String] = {
        let kept = [
            "presence", "join_leave", "force_push_join_leave", "history_size", "history_ttl", "history_meta_ttl",
            "force_positioning", "allow_positioning", "force_recovery", "allow_recovery", "channel_regex",
            "allow_subscribe_for_client", "allow_subscribe_for_anonymous", "allow_publish_for_client",
            "allow_publish_for_subscriber", "allow_publish_for_anonymous", "allow_presence_for_client",
            "allow_presence_for_subscriber", "allow_history_for_client", "allow_history_for_subscriber",
            "allow_user_limited_channels",
        ]
        let pairs = kept.map { ($0, $0) } + ofNamespace.map { ($0.key, $0.value) }
        return Dictionary(pairs.map { ($0, "channel.without_namespace.\($1)") }) { $1 }
    }()

    private static let others: [String: String] = {
        var keys: [String: String] = [
            "namespaces": "channel.namespaces", "rpc_namespaces": "rpc.namespaces",
            "rpc_namespace_boundary": "rpc.namespace_boundary",
            "allowed_origins": "client.allowed_origins",
            "allow_anonymous_connect_without_token": "client.allow_anonymous_connect_without_token",
            "disallow_anonymous_connection_tokens": "client.disallow_anonymous_connection_tokens",
            "user_subscribe_to_personal": "client.subscribe_to_user_personal_channel.enabled",
            "user_personal_channel_namespace": "client.subscribe_to_user_personal_channel.personal_channel_namespace",
            "user_personal_single_connection": "client.subscribe_to_user_personal_channel.single_connection",
            "api_key": "http_api.key", "api_insecure": "http_api.insecure", "grpc_api_key": "grpc_api.key",
            "grpc_api_port": "grpc_api.port", "grpc_api_address": "grpc_api.address",
            "admin_password": "admin.password", "admin_secret": "admin.secret",
            "admin_insecure": "admin.insecure", "port": "http_server.port", "address": "http_server.address",
            "internal_port": "http_server.internal_port", "internal_address": "http_server.internal_address",
            "tls": "http_server.tls.enabled", "tls_cert": "http_server.tls.cert_pem",
            "tls_key": "http_server.tls.key_pem", "log_level": "log.level", "log_file": "log.file",
            "redis_address": "engine.redis.address", "redis_password": "engine.redis.password",
            "redis_prefix": "engine.redis.prefix", "redis_db": "engine.redis.db", "nats_url": "broker.nats.url",
            "name": "node.name", "shutdown_timeout": "shutdown.timeout",
            "global_history_meta_ttl": "channel.history_meta_ttl", "rpc_ping": "rpc.ping.enabled",
            "rpc_ping_method": "rpc.ping.method", "client_anonymous": "client.allow_anonymous_connect_without_token",
            "separate_subscription_token_config": "client.subscription_token.enabled",
        ]
        for name in [
            "hmac_secret_key", "rsa_public_key", "ecdsa_public_key", "jwks_public_endpoint", "audience",
            "audience_regex",
            "issuer", "issuer_regex", "user_id_claim",
        ] {
            keys["token_\(name)"] = "client.token.\(name)"
            keys["subscription_token_\(name)"] = "client.subscription_token.\(name)"
        }
        for name in [
            "insecure", "channel_limit", "user_id_http_header", "expired_close_delay", "expired_sub_close_delay",
            "presence_update_interval", "stale_close_delay", "concurrency", "queue_max_size", "user_connection_limit",
            "connection_limit", "connection_rate_limit", "insecure_skip_token_signature_verify",
            "history_max_publication_limit", "recovery_max_publication_limit", "channel_position_check_delay",
            "channel_position_max_time_lag", "connect_include_server_time",
        ] {
            keys["client_\(name)"] = "client.\(name)"
        }
        for name in ["namespace_boundary", "private_prefix", "user_boundary", "user_separator", "max_length"] {
            keys["channel_\(name)"] = "channel.\(name)"
        }
        return keys
    }()
}
