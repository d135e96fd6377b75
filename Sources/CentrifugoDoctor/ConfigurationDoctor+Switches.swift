import CentrifugoModel

extension ConfigurationDoctor {
    /// Proxies that are enabled without options, and options that nothing enables.
    var switches: [Finding] {
        let names = oldTopLevelKeys.isEmpty ? namedProxies : nil
        return missingEndpoints + namesWithoutSwitch
            + configuration.proxies.filter { $0.endpoint != .missing && configuration.uses(of: $0).isEmpty }
            .compactMap { unused($0, among: names) }
    }

    /// The proxies that namespaces name, including by unknown keys, which are reported on their own.
    private var namedProxies: Set<String> {
        let read = configuration.namespaces.flatMap { namespace in
            ProxyKind.allCases.compactMap { kind in kind.nameKey.flatMap { namespace.options[path: $0]?.text } }
        }
        let unread = configuration.warnings.compactMap { warning in
            if case .unknownKey(let path) = warning { source.options?[path]?.text } else { nil }
        }
        return Set(read + unread)
    }

    /// Centrifugo checks the endpoints of the others before it starts.
    private var missingEndpoints: [Finding] {
        configuration.uses.filter { use in
            use.kind == .rpc && use.name == nil && configuration.proxy(of: use)?.endpoint ?? .missing == .missing
        }.map { use in
            Finding(
                "no-endpoint",
                at: "\(use.kind.path).endpoint",
                "\(use.path) switches on a proxy that has no endpoint: Centrifugo starts, and answers each method with error "
                    + "100.",
                fix: "set it to grpc:// and this server's host and port, such as grpc://127.0.0.1:10001."
            )
        }
    }

    private var namesWithoutSwitch: [Finding] {
        configuration.namespaces.flatMap { namespace in
            ProxyKind.allCases.compactMap { kind -> Finding? in
                guard (kind == .rpc) == namespace.isRPC, kind != .sharedPollRefresh, let nameKey = kind.nameKey,
                    ProxyUse(kind, in: namespace).name != nil, namespace.options[path: kind.enabledKey] != true
                else { return nil }
                return Finding(
                    "name-without-switch",
                    at: namespace.path.key(nameKey),
                    "It names a proxy and switches nothing on, so the proxy is not called from here.",
                    fix: "also set \(kind.enabledKey) to true."
                )
            }
        }
    }

    private func unused(_ proxy: ProxySettings, among names: Set<String>?) -> Finding? {
        guard let kind = ProxyKind.allCases.first(where: { $0.path == proxy.path.description }) else {
            // In an old configuration, old keys name the proxies; these keys are reported on their own.
            guard names?.contains(proxy.options["name"]?.text ?? "") == false else { return nil }
            return Finding(
                "unused-proxy",
                at: proxy.path,
                "No namespace names this proxy, so it is never called.",
                fix: "name it in a namespace, for example by subscribe_proxy_name, or remove it."
            )
        }
        // Reported as an unknown key.
        guard kind.isSwitchedOnItself || !isUnknownKey("\(kind.path).enabled") else { return nil }
        return Finding(
            "not-enabled",
            at: kind.isSwitchedOnItself ? "\(proxy.path).enabled" : "\(proxy.path)",
            "The proxy has an endpoint, and nothing switches it on, so it is never called.",
            fix: "\(kind.howToSwitchOn), or remove the endpoint.",
            // Probably switched off on purpose.
            severity: proxy.options["enabled"] == false ? .note : .problem
        )
    }

    private func isUnknownKey(_ path: String) -> Bool {
        configuration.warnings.contains { if case .unknownKey(let key) = $0 { key.description == path } else { false } }
    }
}

extension ConfigurationValue {
    /// The value at a path.
    subscript(_ path: OptionPath) -> ConfigurationValue? {
        path.steps.reduce(Optional(self)) { value, step in
            switch step {
            case .key(let key): value?[key]
            case .element(let index, _):
                value.flatMap { $0.elements.indices.contains(index) ? $0.elements[index] : nil }
            }
        }
    }
}
