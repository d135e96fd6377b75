import CentrifugoModel
import CentrifugoProxy

extension ConfigurationDoctor {
    /// Rules for channels that Centrifugo does not ask about, or not for everything.
    func channels(of server: ServerRules) -> [Finding] {
        let needs = server.namespaceNeeds(
            boundary: configuration.channelBoundary,
            privatePrefix: configuration.privatePrefix
        )
        let inNamespaces = needs.sorted { $0.key < $1.key }.flatMap { name, needs in
            let namespace = configuration.namespaces.first { !$0.isRPC && $0.name ?? "" == name }
            return namespace.map { unmet(needs, in: $0) } ?? [unknown(name, needs)]
        }
        return inNamespaces + server.channels.filter(\.isSubscribed).flatMap(passedBy)
    }

    private func unknown(_ name: String, _ needs: NamespaceNeeds) -> Finding {
        let boundary = configuration.channelBoundary
        return Finding(
            "unknown-namespace",
            at: "channel.namespaces",
            "This server has a rule for \(needs.patterns[0]), and Centrifugo has no namespace \"\(name)\": it refuses "
                + "such channels with 102.",
            fix: "add a namespace with the name \"\(name)\", or choose another divider than \(boundary) here."
        )
    }

    private func unmet(_ needs: NamespaceNeeds, in namespace: Namespace) -> [Finding] {
        let missing = needs.switches.sorted().filter { !namespace.isOn($0) && !isInstead($0, in: namespace) }
        let proxies = missing.filter { $0.hasSuffix("_proxy_enabled") }
        let options = missing.filter { !$0.hasSuffix("_proxy_enabled") }
        let pattern = needs.patterns[0]
        var findings = proxies.map { key in
            Finding(
                "namespace-not-asked",
                at: namespace.path.key(key),
                "This server has a rule for \(pattern), and without \(key) Centrifugo does not ask it about such channels.",
                fix: "set it to true."
            )
        }
        findings += options.map { key in
            Finding(
                "option-not-set",
                at: namespace.path.key(key),
                Self.consequence(of: key, pattern),
                fix: "set it to true: an override in the answer does not do it alone."
            )
        }
        if needs.needsHistory, !namespace.hasHistory {
            findings.append(
                Finding(
                    "option-not-set",
                    at: namespace.path.key("history_size"),
                    "The rule for \(pattern) overrides recovery or positioning, and without history in the namespace nothing "
                        + "is recovered.",
                    fix: "set history_size and history_ttl, such as 100 and \"300s\"."
                )
            )
        }
        return findings
    }

    /// Whether a stream replaces a unary call.
    private func isInstead(_ key: String, in namespace: Namespace) -> Bool {
        namespace.isOn(ProxyKind.subscribeStream.enabledKey) && key.hasSuffix("_proxy_enabled")
            || namespace.isMap && key == ProxyKind.publish.enabledKey && namespace.isOn(ProxyKind.mapPublish.enabledKey)
    }

    private static func consequence(of key: String, _ pattern: String) -> String {
        switch key {
        case "presence":
            "The rule for \(pattern) overrides presence, and without it in the namespace presence() is refused with 108."
        case "allow_presence_for_subscriber":
            "The rule for \(pattern) overrides presence, and without this right presence() is refused with 103."
        default: "The rule for \(pattern) overrides join_leave, and without this option no client gets a join."
        }
    }

    /// Channels that Centrifugo alone decides about.
    private func passedBy(_ channel: ServerRules.Channels) -> [Finding] {
        let prefix = configuration.privatePrefix
        if channel.pattern.hasPrefix(prefix) {
            return [
                Finding(
                    "private-channel",
                    at: "channel.private_prefix",
                    "This server has a rule for \(channel.pattern), and channels that begin with \(prefix) are subscribed by a "
                        + "token alone: Centrifugo never asks about them.",
                    fix: "choose another beginning for the channels here."
                )
            ]
        }
        let boundary = configuration.text("channel.user_boundary", default: "#")
        let name = ServerRules.namespace(
            of: channel.pattern,
            boundary: configuration.channelBoundary,
            privatePrefix: prefix
        )
        guard channel.pattern.contains(boundary),
            let namespace = configuration.namespaces.first(where: { !$0.isRPC && $0.name ?? "" == name }),
            namespace.isOn("allow_user_limited_channels")
        else { return [] }
        return [
            Finding(
                "user-limited-rule",
                at: namespace.path.key("allow_user_limited_channels"),
                "This server has a rule for \(channel.pattern), and Centrifugo decides alone about channels with \(boundary).",
                fix: "remove allow_user_limited_channels, or the rule here."
            )
        ]
    }
}
