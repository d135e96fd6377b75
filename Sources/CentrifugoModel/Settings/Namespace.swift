package import CentrifugoProxy

/// A namespace of channels or RPC methods, or the options for those without a namespace.
package struct Namespace: Sendable {
    /// nil for options without a namespace.
    package let name: String?
    package let path: OptionPath
    package let options: ConfigurationValue
    package let isRPC: Bool

    package func isOn(_ option: String) -> Bool { options[path: option] == true }

    package var subscriptionType: String { options["subscription_type"]?.text ?? "stream" }
    package var isMap: Bool { ["map", "map_clients", "map_users"].contains(subscriptionType) }
    package var isSharedPoll: Bool { subscriptionType == "shared_poll" }
    package var hasHistory: Bool { options["history_size"] != nil && options["history_ttl"] != nil }

    /// Its name at the beginning of a sentence.
    package var subject: String { name == nil ? description : "T\(description.dropFirst())" }

    /// Its name inside a sentence.
    package var description: String {
        switch (name, isRPC) {
        case (let name?, false): "the namespace \(name)"
        case (let name?, true): "the RPC namespace \(name)"
        case (nil, false): "channel.without_namespace"
        case (nil, true): "rpc.without_namespace"
        }
    }
}

/// A place that can enable a proxy.
package struct ProxyUse: Sendable {
    package let kind: ProxyKind
    /// The namespace; nil for the proxies of connections.
    package let namespace: Namespace?
    /// The name of the proxy; nil for the default one.
    package let name: String?

    /// The option that enables it, such as `channel.namespaces[chat].subscribe_proxy_enabled`.
    package var path: OptionPath { (namespace?.path ?? OptionPath(kind.path)).key(kind.enabledKey) }
    /// The key that names the proxy.
    package var namePath: OptionPath { (namespace?.path ?? OptionPath(kind.path)).key(kind.nameKey ?? "name") }
}

extension ProxyUse {
    /// Makes a namespace's use of a proxy, enabled or not.
    package init(_ kind: ProxyKind, in namespace: Namespace) {
        let name = kind.nameKey.flatMap { namespace.options[path: $0]?.text } ?? ""
        self.init(kind: kind, namespace: namespace, name: name.isEmpty || name == "default" ? nil : name)
    }

    /// The event of its calls.
    package var event: ProxyEvent { kind.event(in: namespace?.options ?? .null) }
}
