extension ConfigurationDoctor {
    /// What one namespace of channels switches on together, and cannot.
    func options(of namespace: Namespace) -> [Finding] {
        streams(in: namespace) + maps(in: namespace)
    }

    private func streams(in namespace: Namespace) -> [Finding] {
        let key = ProxyKind.subscribeStream.enabledKey
        guard ProxyKind.subscribeStream.isEnabled(in: namespace.options) else {
            guard namespace.options["subscribe_stream_proxy_bidirectional"]?.isTrue == true else { return [] }
            return [
                Finding(
                    "not-enabled",
                    at: "\(namespace.path).subscribe_stream_proxy_bidirectional",
                    "It has no effect without \(key).",
                    mend: "set \(key) to true beside it."
                )
            ]
        }
        let others = [ProxyKind.subscribe, .publish, .subRefresh].filter { $0.isEnabled(in: namespace.options) }
        guard !others.isEmpty else { return [] }
        let names = others.map(\.enabledKey).joined(separator: " and ")
        return [
            Finding(
                "stream-beside-others",
                at: "\(namespace.path).\(key)",
                "\(names) is on in the same namespace, which Centrifugo refuses, so it does not start.",
                mend: "give the channels with streams a namespace of their own."
            )
        ]
    }

    private func maps(in namespace: Namespace) -> [Finding] {
        let options = namespace.options
        guard namespace.isMap else {
            return [ProxyKind.mapPublish, .mapRemove].filter { $0.isEnabled(in: options) }.map {
                Finding(
                    "no-map",
                    at: "\(namespace.path).\($0.enabledKey)",
                    "The namespace's subscription_type does not make it one of map channels, and only these have keys.",
                    mend: "set subscription_type to \"map\", and map.mode, in this namespace.",
                    severity: .note
                )
            }
        }
        return [ProxyKind.subscribe, .publish, .subscribeStream].filter { $0.isEnabled(in: options) }.map {
            Finding(
                "proxy-on-map",
                at: "\(namespace.path).\($0.enabledKey)",
                "The namespace is of map channels, and this proxy does not decide about those.",
                mend: $0 == .publish
                    ? "use map.publish_proxy_enabled instead."
                    : "let clients subscribe by tokens or by allow_subscribe_for_client, and remove it."
            )
        }
    }
}
