import CentrifugoProxy

extension ClientSession {
    func rpc(_ command: ClientCommand) -> Resolution {
        let method = command.method
        let hasPing = configuration.isOn("rpc.ping.enabled")
        if hasPing, method == configuration.text("rpc.ping.method", default: "ping") {
            let option = OptionPath("rpc.ping.method")
            return own(
                command,
                .accepted,
                "ping",
                "rpc.ping is enabled: Centrifugo answers \(method) itself.",
                option: option
            )
        }
        let hasProxies = configuration.namespaces.contains { $0.isRPC && ProxyKind.rpc.isEnabled(in: $0.options) }
        guard hasProxies else {
            return own(
                command,
                .error(hasPing ? 104 : 108),
                "not-enabled",
                "No namespace of RPC has proxy_enabled"
                    + (configuration.text("rpc.proxy.endpoint").isEmpty
                        ? "." : "; an endpoint in rpc.proxy alone enables nothing."),
                option: OptionPath("rpc.without_namespace.proxy_enabled")
            )
        }
        let (found, name, _) = configuration.namespace(of: method, isRPC: true)
        guard let namespace = found else {
            return own(
                command,
                .error(104),
                "unknown-namespace",
                "The method \(method) is in the RPC namespace \"\(name)\" (the part before "
                    + "\"\(configuration.rpcBoundary)\"), which does not exist; add {\"name\": \"\(name)\", "
                    + "\"proxy_enabled\": true} to rpc.namespaces.",
                option: OptionPath("rpc.namespaces")
            )
        }
        guard ProxyKind.rpc.isEnabled(in: namespace.options) else {
            return own(
                command,
                .error(108),
                "not-enabled",
                "proxy_enabled is not on in \(namespace.description).",
                option: namespace.path.key("proxy_enabled")
            )
        }
        let use = ProxyUse(.rpc, in: namespace)
        return call(command, use, because: "\(use.path) is on: Centrifugo asks RPC.")
    }
}
