import CentrifugoProxy

/// One place that switches a proxy on.
struct ProxyUse {
    let kind: ProxyKind
    let event: ProxyEvent
    /// What switches it on, such as `channel.namespaces[chat].subscribe_proxy_enabled`.
    let path: String
    /// The key that names the proxy.
    let namePath: String
    /// The proxy that is named; nil for the default one.
    let name: String?
}

/// A proxy's options, wherever they are.
struct ProxyOptions {
    /// Where they are, such as `proxies[backend]`.
    let path: String
    let options: JSONValue
    /// What calls by it.
    let uses: [ProxyUse]

    /// The kinds of calls that it makes, or would if it were enabled.
    var kinds: [ProxyKind] { uses.map(\.kind) + ProxyKind.allCases.filter { $0.path == path } }

    var endpoint: String? { options["endpoint"]?.text.flatMap { $0.isEmpty ? nil : $0 } }

    /// Whether the calls go to an HTTP server, and so never to this one.
    var isHTTP: Bool { endpoint.map { $0.hasPrefix("http://") || $0.hasPrefix("https://") } ?? false }
}

/// A namespace of channels or of RPC methods, or what is in none.
struct Namespace {
    /// nil for what is in no namespace.
    let name: String?
    let path: String
    let options: JSONValue
    let isRPC: Bool

    var isMap: Bool {
        ["map", "map_clients", "map_users"].contains(options["subscription_type"]?.text ?? "stream")
    }
}
