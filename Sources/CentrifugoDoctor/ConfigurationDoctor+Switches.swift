extension ConfigurationDoctor {
    /// What is switched on without options, and options that nothing switches on.
    var switches: [Finding] {
        missingOptions + configuration.proxies.filter { $0.uses.isEmpty && $0.endpoint != nil }.map(unused)
    }

    private var missingOptions: [Finding] {
        configuration.uses.compactMap { use in
            let proxy = configuration.proxy(of: use)
            if let name = use.name, proxy == nil {
                return Finding(
                    "unknown-proxy",
                    at: use.namePath,
                    "There is no proxy \"\(name)\" in proxies, so Centrifugo does not start.",
                    mend: "add it to proxies, or name one of those there."
                )
            }
            guard proxy?.endpoint == nil else { return nil }
            let path = proxy?.path ?? use.kind.path
            return Finding(
                "no-endpoint",
                at: "\(path).endpoint",
                "\(use.path) switches on a proxy that has no endpoint, so Centrifugo does not start.",
                mend: "set it to grpc:// and this server's host and port, such as grpc://127.0.0.1:10001."
            )
        }
    }

    private func unused(_ proxy: ProxyOptions) -> Finding {
        guard let kind = ProxyKind.allCases.first(where: { $0.path == proxy.path }) else {
            return Finding(
                "unused-proxy",
                at: proxy.path,
                "No namespace names this proxy, so it is never called.",
                mend: "name it in a namespace, for example by subscribe_proxy_name, or remove it."
            )
        }
        return Finding(
            "not-enabled",
            at: kind.isSwitchedOnItself ? "\(proxy.path).enabled" : proxy.path,
            "The proxy has an endpoint, and nothing switches it on, so it is never called.",
            mend: "\(kind.mend), or remove the endpoint."
        )
    }
}
