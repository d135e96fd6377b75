/// The proxies of a configuration, and the uses of each.
struct ProxyTable: Sendable {
    /// The default proxies in the configuration, then the named ones.
    let proxies: [ProxySettings]
    /// Every place that enables a proxy.
    let uses: [ProxyUse]
    private var standard: [ProxyKind: Int] = [:]
    private var named: [String: Int] = [:]
    private var usesOfProxies: [OptionPath: [ProxyUse]] = [:]

    init(_ options: ConfigurationValue, namespaces: [Namespace]) {
        var proxies: [ProxySettings] = []
        for kind in ProxyKind.allCases {
            guard let options = options[path: kind.path] else { continue }
            standard[kind] = proxies.count
            proxies.append(ProxySettings(path: OptionPath(kind.path), options: options))
        }
        for (index, options) in (options["proxies"]?.elements ?? []).enumerated() {
            let name = options["name"]?.text ?? ""
            // With two proxies of the same name, Centrifugo does not start.
            if named[name] == nil { named[name] = proxies.count }
            proxies.append(ProxySettings(path: OptionPath("proxies").element(index, name: name), options: options))
        }
        self.proxies = proxies
        let clients = [ProxyKind.connect, .refresh].filter { options[path: "\($0.path).enabled"] == true }
        uses =
            clients.map { ProxyUse(kind: $0, namespace: nil, name: nil) }
            + namespaces.flatMap { namespace in
                ProxyKind.allCases.filter { ($0 == .rpc) == namespace.isRPC && $0.isEnabled(in: namespace.options) }
                    .map { ProxyUse($0, in: namespace) }
            }
        for use in uses {
            if let proxy = proxy(of: use) { usesOfProxies[proxy.path, default: []].append(use) }
        }
    }

    /// The options of a use's proxy; nil when there is none.
    func proxy(of use: ProxyUse) -> ProxySettings? {
        let index = use.name.map { named[$0] } ?? standard[use.kind]
        return index.map { proxies[$0] }
    }

    /// The uses of a proxy.
    func uses(of proxy: ProxySettings) -> [ProxyUse] { usesOfProxies[proxy.path] ?? [] }
}
