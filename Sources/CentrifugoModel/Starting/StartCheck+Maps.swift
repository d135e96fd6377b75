extension StartCheck {
    /// Options of map channels, whose mode determines the others.
    func maps(in namespace: Namespace) -> [StartError] {
        var refusals: [StartError] = []
        if namespace.isMap, namespace.options[path: "map.mode"] == nil {
            let type = "subscription_type \(namespace.subscriptionType)"
            refusals.append(needs(type, "map.mode", in: namespace, at: "map.mode"))
        }
        if !namespace.isMap, namespace.isOn("map.remove_client_on_unsubscribe") {
            refusals.append(excludes("map.remove_client_on_unsubscribe", "it is only for map channels", in: namespace))
        }
        let proxies = [ProxyKind.mapPublish, .mapRemove].filter { $0.isEnabled(in: namespace.options) }
        if namespace.options[path: "map.client_key"] != nil, let proxy = proxies.first {
            refusals.append(
                excludes(
                    "map.client_key",
                    "\(proxy.enabledKey) is on beside it, and the two exclude each other",
                    in: namespace,
                    fix: "remove one of them"
                )
            )
        }
        return lifetimes(in: namespace) + refusals + pages(in: namespace)
    }

    private func lifetimes(in namespace: Namespace) -> [StartError] {
        guard let mode = namespace.options[path: "map.mode"]?.text else { return [] }
        var refusals: [StartError] = []
        let hasKeyLifetime = namespace.options[path: "map.key_ttl"] != nil
        if mode == "persistent", hasKeyLifetime {
            refusals.append(excludes("map.key_ttl", "keys of map.mode persistent do not expire", in: namespace))
        } else if mode == "ephemeral" || mode == "recoverable", !hasKeyLifetime {
            refusals.append(needs("map.mode \(mode)", "map.key_ttl", in: namespace, at: "map.key_ttl"))
        }
        if mode == "ephemeral" {
            refusals += ["map.stream_size", "map.stream_ttl", "map.meta_ttl"]
                .filter { namespace.options[path: $0] != nil }
                .map { excludes($0, "map.mode ephemeral keeps no changes", in: namespace) }
        } else if let meta = namespace.options.seconds("map.meta_ttl"),
            // One minute is Centrifugo's default.
            meta < namespace.options.seconds("map.stream_ttl") ?? 60
        {
            refusals.append(excludes("map.meta_ttl", "it is below map.stream_ttl", in: namespace, fix: "raise it"))
        }
        return refusals
    }

    private func pages(in namespace: Namespace) -> [StartError] {
        let sizes = ["map.min_page_size", "map.default_page_size", "map.max_page_size"].compactMap { option in
            if case .integer(let size) = namespace.options[path: option] { (option: option, size: size) } else { nil }
        }
        return zip(sizes, sizes.dropFirst()).filter { $0.size > $1.size }.map { small, large in
            excludes(small.option, "it is above \(large.option)", in: namespace, fix: "lower it")
        }
    }

    func sharedPoll(in namespace: Namespace) -> [StartError] {
        guard namespace.isSharedPoll else { return [] }
        var refusals: [StartError] = []
        if configuration.text("shared_poll.hmac_secret_key").isEmpty {
            refusals.append(
                StartError(
                    "option-missing",
                    at: "shared_poll.hmac_secret_key",
                    "\(namespace.description) has the subscription_type shared_poll, which needs the key at the top level",
                    fix: "set shared_poll.hmac_secret_key to a secret that your backend signs tracked keys with"
                )
            )
        }
        if namespace.isOn("shared_poll.publish_enabled"), namespace.options[path: "shared_poll.mode"] != "versioned" {
            refusals.append(needs("shared_poll.publish_enabled", "shared_poll.mode versioned", in: namespace))
        }
        return refusals
    }
}

extension ConfigurationValue {
    /// A configured duration, in seconds.
    func seconds(_ path: String) -> Double? {
        if case .number(let seconds) = self[path: path] { seconds } else { nil }
    }
}
