extension KeyKind {
    static let client = KeyKind.object(
        [
            "proxy": .object(Keys(.object(proxyKeys + ["enabled": .flag]), "connect", "refresh")),
            "allowed_origins": .texts,
            "token": .object(tokenKeys),
            "subscription_token": .object(tokenKeys + ["enabled": .flag]),
            "user_id_http_header": .text,
            "connect_code_to_unidirectional_disconnect": .foreignObject,
            "subscribe_to_user_personal_channel": .object([
                "enabled": .flag, "personal_channel_namespace": .text, "single_connection": .flag,
            ]),
        ]
            + Keys(
                .flag,
                "allow_anonymous_connect_without_token",
                "disallow_anonymous_connection_tokens",
                "insecure_skip_token_signature_verify",
                "insecure",
                "connect_include_server_time"
            )
            + Keys(
                .duration,
                "expired_close_delay",
                "expired_sub_close_delay",
                "presence_update_interval",
                "stale_close_delay",
                "ping_interval",
                "pong_timeout",
                "channel_position_check_delay",
                "channel_position_max_time_lag"
            )
            + Keys(
                .integer,
                "channel_limit",
                "concurrency",
                "connection_limit",
                "user_connection_limit",
                "connection_rate_limit",
                "queue_max_size",
                "history_max_publication_limit",
                "recovery_max_publication_limit"
            )
    )

    private static let tokenKeys: Keys =
        Keys(
            .text,
            "hmac_secret_key",
            "hmac_previous_secret_key",
            "rsa_public_key",
            "ecdsa_public_key",
            "jwks_public_endpoint",
            "audience",
            "audience_regex",
            "issuer",
            "issuer_regex",
            "user_id_claim"
        )
        + Keys(.integer, "hmac_previous_secret_key_valid_until")
        + Keys(.flag, "insecure_skip_jwks_endpoint_safety_check")
}
