import CentrifugoModel

extension ConfigurationDoctor {
    /// Options of one channel namespace that do not work together.
    func options(of namespace: Namespace) -> [Finding] {
        streams(in: namespace) + maps(in: namespace) + userLimited(in: namespace)
    }

    private func streams(in namespace: Namespace) -> [Finding] {
        let key = ProxyKind.subscribeStream.enabledKey
        guard namespace.isOn("subscribe_stream_proxy_bidirectional"), !namespace.isOn(key) else { return [] }
        return [
            Finding(
                "not-enabled",
                at: namespace.path.key("subscribe_stream_proxy_bidirectional"),
                "It has no effect without \(key).",
                fix: "also set \(key) to true."
            )
        ]
    }

    private func maps(in namespace: Namespace) -> [Finding] {
        guard namespace.isMap else {
            return [ProxyKind.mapPublish, .mapRemove].filter { namespace.isOn($0.enabledKey) }.map {
                Finding(
                    "no-map",
                    at: namespace.path.key($0.enabledKey),
                    "The namespace's subscription_type does not make it one of map channels, and only these have keys.",
                    fix: "set subscription_type to \"map\", and map.mode, in this namespace.",
                    severity: .note
                )
            }
        }
        return [ProxyKind.subscribe, .publish, .subscribeStream].filter { namespace.isOn($0.enabledKey) }.map {
            Finding(
                "proxy-on-map",
                at: namespace.path.key($0.enabledKey),
                $0 == .publish
                    ? "The namespace is of map channels, and this proxy does not decide about their keys."
                    : "The namespace is of map channels: the proxy is called, and whatever it answers the client gets error 107.",
                fix: $0 == .publish
                    ? "use map.publish_proxy_enabled instead."
                    : "let clients subscribe by tokens or by allow_subscribe_for_client, and remove it."
            )
        }
    }

    private func userLimited(in namespace: Namespace) -> [Finding] {
        let proxies = [ProxyKind.subscribe, .subscribeStream].filter { namespace.isOn($0.enabledKey) }
        guard namespace.isOn("allow_user_limited_channels"), let proxy = proxies.first else { return [] }
        let boundary = configuration.text("channel.user_boundary", default: "#")
        return [
            Finding(
                "user-limited",
                at: namespace.path.key("allow_user_limited_channels"),
                "Channels with \(boundary) in their names are decided by Centrifugo alone, by the users after it: "
                    + "\(proxy.enabledKey) does not apply to them.",
                fix: "remove it if this server should decide about all channels.",
                severity: .note
            )
        ]
    }
}
