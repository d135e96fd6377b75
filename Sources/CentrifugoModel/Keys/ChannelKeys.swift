extension KeyKind {
    static let channel = KeyKind.object([
        "proxy": .object(
            Keys(
                proxy,
                "subscribe",
                "publish",
                "sub_refresh",
                "subscribe_stream",
                "map_publish",
                "map_remove",
                "shared_poll_refresh"
            )
        ),
        "without_namespace": .object(channelOptionKeys),
        "namespaces": .objects(channelOptionKeys + ["name": .text]),
        "history_meta_ttl": .duration,
        "max_length": .integer,
        "publication_data_format": .text, "private_prefix": .text, "namespace_boundary": .text,
        "user_boundary": .text, "user_separator": .text,
    ])

    private static let channelOptionKeys: Keys =
        Keys(
            .flag,
            "presence",
            "join_leave",
            "force_push_join_leave",
            "force_positioning",
            "allow_positioning",
            "force_recovery",
            "allow_recovery",
            "auto_cache_recover",
            "allow_tags_filter",
            "delta_publish",
            "allow_subscribe_for_anonymous",
            "allow_subscribe_for_client",
            "allow_publish_for_anonymous",
            "allow_publish_for_subscriber",
            "allow_publish_for_client",
            "allow_presence_for_anonymous",
            "allow_presence_for_subscriber",
            "allow_presence_for_client",
            "allow_history_for_anonymous",
            "allow_history_for_subscriber",
            "allow_history_for_client",
            "allow_user_limited_channels",
            "subscribe_proxy_enabled",
            "publish_proxy_enabled",
            "sub_refresh_proxy_enabled",
            "subscribe_stream_proxy_enabled",
            "subscribe_stream_proxy_bidirectional"
        )
        + Keys(
            .text,
            "map_clients_presence_channel_prefix",
            "map_users_presence_channel_prefix",
            "force_recovery_mode",
            "channel_regex",
            "publication_data_format",
            "subscription_type",
            "subscribe_proxy_name",
            "publish_proxy_name",
            "sub_refresh_proxy_name",
            "subscribe_stream_proxy_name"
        )
        + Keys(.duration, "history_ttl", "history_meta_ttl")
        + ["history_size": .integer, "allowed_delta_types": .texts, "map": map, "shared_poll": sharedPoll]

    private static let map = KeyKind.object(
        Keys(.text, "mode", "client_key", "publish_proxy_name", "remove_proxy_name")
            + Keys(.duration, "key_ttl", "stream_ttl", "meta_ttl", "subscribe_catch_up_timeout")
            + Keys(
                .integer,
                "stream_size",
                "default_page_size",
                "min_page_size",
                "max_page_size",
                "live_transition_max_publication_limit"
            )
            + Keys(
                .flag,
                "remove_client_on_unsubscribe",
                "allow_publish_for_client",
                "allow_publish_for_subscriber",
                "allow_publish_for_anonymous",
                "allow_remove_for_client",
                "allow_remove_for_subscriber",
                "allow_remove_for_anonymous",
                "publish_proxy_enabled",
                "remove_proxy_enabled"
            )
    )

    private static let sharedPoll = KeyKind.object(
        Keys(.text, "proxy_name", "mode")
            + Keys(.duration, "refresh_interval", "channel_shutdown_delay", "track_expired_extra_delay")
            + Keys(.integer, "refresh_batch_size", "max_keys_per_connection") + Keys(.flag, "publish_enabled")
    )
}
