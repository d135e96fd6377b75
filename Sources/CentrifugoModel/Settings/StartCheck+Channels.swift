extension StartCheck {
    private static let types = ["stream", "map", "map_clients", "map_users", "shared_poll"]
    private static let formats = ["json", "json_object", "binary"]

    /// Options of a namespace that exclude or need one another.
    func channelOptions(of namespace: Namespace) -> [StartRefusal] {
        proxyNames(in: namespace) + words(in: namespace) + history(in: namespace) + streams(in: namespace)
            + maps(in: namespace) + sharedPoll(in: namespace) + regex(in: namespace)
    }

    private func words(in namespace: Namespace) -> [StartRefusal] {
        let words = [
            ("subscription_type", Self.types), ("publication_data_format", Self.formats),
            ("force_recovery_mode", ["stream", "cache"]), ("map.mode", ["ephemeral", "recoverable", "persistent"]),
            ("map.client_key", ["client_id", "user_id"]), ("shared_poll.mode", ["versionless", "versioned"]),
        ]
        let unknown = words.compactMap { option, words in
            namespace.options[path: option]?.text.flatMap { word in
                words.contains(word) ? nil : unknownWord(word, at: namespace.path.key(option), among: words)
            }
        }
        let deltas = (namespace.options["allowed_delta_types"]?.elements ?? []).compactMap(\.text).filter {
            $0 != "fossil"
        }
        return unknown
            + deltas.map { unknownWord($0, at: namespace.path.key("allowed_delta_types"), among: ["fossil"]) }
    }

    /// The format that holds for all channels.
    var publicationFormat: [StartRefusal] {
        let option = OptionPath("channel.publication_data_format")
        guard let word = configuration.options[path: option.description]?.text, !Self.formats.contains(word) else {
            return []
        }
        return [unknownWord(word, at: option, among: Self.formats)]
    }

    private func unknownWord(_ word: String, at path: OptionPath, among words: [String]) -> StartRefusal {
        StartRefusal(
            "unknown-word",
            at: path,
            "Centrifugo does not know \"\(word)\"",
            fix: "write \(words.alternatives)"
        )
    }

    private func history(in namespace: Namespace) -> [StartRefusal] {
        let hasSize = namespace.options["history_size"] != nil
        let hasLifetime = namespace.options["history_ttl"] != nil
        if hasSize != hasLifetime {
            let (given, missing) = hasSize ? ("history_size", "history_ttl") : ("history_ttl", "history_size")
            return [needs(given, missing, in: namespace)]
        }
        if namespace.isOn("force_recovery"), !hasSize {
            return [needs("force_recovery", "history_size and history_ttl", in: namespace)]
        }
        let isCached = namespace.options["force_recovery_mode"] == "cache" && namespace.isOn("force_recovery")
        guard namespace.isOn("auto_cache_recover"), !isCached else { return [] }
        return [needs("auto_cache_recover", "force_recovery and force_recovery_mode cache", in: namespace)]
    }

    private func streams(in namespace: Namespace) -> [StartRefusal] {
        guard ProxyKind.subscribeStream.isEnabled(in: namespace.options) else { return [] }
        let others = [ProxyKind.subscribe, .publish, .subRefresh].filter { $0.isEnabled(in: namespace.options) }
        guard !others.isEmpty else { return [] }
        return [
            StartRefusal(
                "stream-beside-others",
                at: namespace.path.key(ProxyKind.subscribeStream.enabledKey),
                "\(others.map(\.enabledKey).joined(separator: " and ")) is on in the same namespace",
                fix: "give the channels with streams a namespace of their own"
            )
        ]
    }

    private func maps(in namespace: Namespace) -> [StartRefusal] {
        guard namespace.isMap else {
            guard namespace.isOn("map.remove_client_on_unsubscribe") else { return [] }
            return [excludes("map.remove_client_on_unsubscribe", "it is for map channels alone", in: namespace)]
        }
        guard let mode = namespace.options[path: "map.mode"]?.text else {
            return [needs("subscription_type \(namespace.subscriptionType)", "map.mode", in: namespace, at: "map.mode")]
        }
        var refusals: [StartRefusal] = []
        let hasKeyLifetime = namespace.options[path: "map.key_ttl"] != nil
        if mode == "persistent", hasKeyLifetime {
            refusals.append(excludes("map.key_ttl", "keys of map.mode persistent do not expire", in: namespace))
        } else if mode != "persistent", !hasKeyLifetime {
            refusals.append(needs("map.mode \(mode)", "map.key_ttl", in: namespace, at: "map.key_ttl"))
        }
        if mode == "ephemeral" {
            refusals += ["map.stream_size", "map.stream_ttl", "map.meta_ttl"]
                .filter { namespace.options[path: $0] != nil }
                .map { excludes($0, "map.mode ephemeral keeps no changes", in: namespace) }
        }
        if case .number(let meta) = namespace.options[path: "map.meta_ttl"],
            case .number(let stream) = namespace.options[path: "map.stream_ttl"], meta < stream
        {
            refusals.append(excludes("map.meta_ttl", "it is below map.stream_ttl", in: namespace))
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
        return refusals
    }

    private func sharedPoll(in namespace: Namespace) -> [StartRefusal] {
        var refusals: [StartRefusal] = []
        if namespace.isSharedPoll, configuration.text("shared_poll.hmac_secret_key").isEmpty {
            refusals.append(
                StartRefusal(
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

    private func regex(in namespace: Namespace) -> [StartRefusal] {
        guard let pattern = namespace.options["channel_regex"]?.text, ChannelRegex(pattern) == nil else { return [] }
        return [
            StartRefusal(
                "bad-regex",
                at: namespace.path.key("channel_regex"),
                "\"\(pattern)\" is not a regular expression of Go",
                fix: "correct it; Go has no look-around and no back-references"
            )
        ]
    }

    private func needs(_ option: String, _ missing: String, in namespace: Namespace, at: String? = nil) -> StartRefusal
    {
        let path = namespace.path.key(at ?? option)
        return StartRefusal("option-missing", at: path, "\(option) needs \(missing)", fix: "set \(missing) beside it")
    }

    private func excludes(
        _ option: String,
        _ problem: String,
        in namespace: Namespace,
        fix: String = "remove it"
    ) -> StartRefusal {
        StartRefusal("options-exclude", at: namespace.path.key(option), problem, fix: fix)
    }
}

extension [String] {
    /// `a, b or c`.
    var alternatives: String {
        count < 2 ? first ?? "" : dropLast().joined(separator: ", ") + " or \(self[count - 1])"
    }
}
