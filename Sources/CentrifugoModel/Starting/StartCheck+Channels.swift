extension StartCheck {
    private static let types = ["stream", "map", "map_clients", "map_users", "shared_poll"]
    private static let formats = ["json", "json_object", "binary"]

    /// Options of a namespace that exclude or require one another.
    func channelOptions(of namespace: Namespace) -> [StartError] {
        proxyNames(in: namespace) + words(in: namespace) + history(in: namespace) + streams(in: namespace)
            + maps(in: namespace) + sharedPoll(in: namespace) + regex(in: namespace)
    }

    private func words(in namespace: Namespace) -> [StartError] {
        let words =
            [
                ("subscription_type", Self.types), ("publication_data_format", Self.formats),
                ("force_recovery_mode", ["stream", "cache"]), ("map.mode", ["ephemeral", "recoverable", "persistent"]),
                ("map.client_key", ["client_id", "user_id"]),
            ] + (namespace.isSharedPoll ? [("shared_poll.mode", ["versionless", "versioned"])] : [])
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

    /// The format for all channels.
    var publicationFormat: [StartError] {
        let option = OptionPath("channel.publication_data_format")
        guard let word = configuration.options[path: option.description]?.text, !Self.formats.contains(word) else {
            return []
        }
        return [unknownWord(word, at: option, among: Self.formats)]
    }

    private func unknownWord(_ word: String, at path: OptionPath, among words: [String]) -> StartError {
        StartError(
            "unknown-word",
            at: path,
            "Centrifugo does not know \"\(word)\"",
            fix: "write \(words.alternatives)"
        )
    }

    private func history(in namespace: Namespace) -> [StartError] {
        let hasSize = namespace.options["history_size"] != nil
        let hasLifetime = namespace.options["history_ttl"] != nil
        if hasSize != hasLifetime {
            let (given, missing) = hasSize ? ("history_size", "history_ttl") : ("history_ttl", "history_size")
            return [needs(given, missing, in: namespace)]
        }
        if namespace.isOn("force_recovery"), !hasSize {
            return [needs("force_recovery", "history_size and history_ttl", in: namespace)]
        }
        return lifetimes(in: namespace)
    }

    /// Lifetimes of history: in whole seconds, and metadata must not expire before the messages.
    private func lifetimes(in namespace: Namespace) -> [StartError] {
        let lifetime = namespace.options.seconds("history_ttl") ?? 0
        let own = namespace.options.seconds("history_meta_ttl")
        var refusals = [("history_ttl", lifetime), ("history_meta_ttl", own ?? 0)].filter {
            $1 > 0 && $1 != $1.rounded()
        }
        .map { option, _ in
            StartError(
                "not-whole-seconds",
                at: namespace.path.key(option),
                "it has parts of a second",
                fix: "write whole seconds, such as \"60s\""
            )
        }
        // 720 hours is Centrifugo's default.
        if lifetime > own ?? configuration.options.seconds("channel.history_meta_ttl") ?? 720 * 3_600 {
            refusals.append(
                excludes("history_ttl", "it is longer than history_meta_ttl", in: namespace, fix: "shorten it")
            )
        }
        return refusals
    }

    private func streams(in namespace: Namespace) -> [StartError] {
        guard ProxyKind.subscribeStream.isEnabled(in: namespace.options) else { return [] }
        let others = [ProxyKind.subscribe, .publish, .subRefresh].filter { $0.isEnabled(in: namespace.options) }
        guard !others.isEmpty else { return [] }
        return [
            StartError(
                "stream-beside-others",
                at: namespace.path.key(ProxyKind.subscribeStream.enabledKey),
                "\(others.map(\.enabledKey).joined(separator: " and ")) is on in the same namespace",
                fix: "give the channels with streams a namespace of their own"
            )
        ]
    }

    private func regex(in namespace: Namespace) -> [StartError] {
        guard let pattern = namespace.options["channel_regex"]?.text, ChannelRegex(pattern) == nil else { return [] }
        return [
            StartError(
                "bad-regex",
                at: namespace.path.key("channel_regex"),
                "\"\(pattern)\" is not a regular expression of Go",
                fix: "correct it; Go has neither lookaround nor back-references"
            )
        ]
    }

    func needs(_ option: String, _ missing: String, in namespace: Namespace, at: String? = nil) -> StartError {
        let path = namespace.path.key(at ?? option)
        return StartError("option-missing", at: path, "\(option) needs \(missing)", fix: "also set \(missing)")
    }

    func excludes(
        _ option: String,
        _ problem: String,
        in namespace: Namespace,
        fix: String = "remove it"
    ) -> StartError {
        StartError("options-exclude", at: namespace.path.key(option), problem, fix: fix)
    }
}

extension [String] {
    /// `a, b or c`.
    var alternatives: String {
        count < 2 ? first ?? "" : dropLast().joined(separator: ", ") + " or \(self[count - 1])"
    }
}
