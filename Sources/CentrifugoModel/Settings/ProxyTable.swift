/// The proxies of a configuration, and what calls by each.
struct ProxyTable: Sendable {
    /// The default proxies that are written down, then the named ones.
    let proxies: [ProxySettings]
    /// Everything that switches a proxy on.
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
            // Of two with one name Centrifugo starts with neither.
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

    /// The options by which a use calls; nil when there are none.
    func proxy(of use: ProxyUse) -> ProxySettings? {
        let index = use.name.map { named[$0] } ?? standard[use.kind]
        return index.map { proxies[$0] }
    }

    /// What calls by a proxy.
    func uses(of proxy: ProxySettings) -> [ProxyUse] { usesOfProxies[proxy.path] ?? [] }
}
