import CentrifugoModel
import CentrifugoProxy

extension ConfigurationDoctor {
    /// All differences between the configuration and the server.
    func differences(from server: ServerRules) -> [Finding] {
        channels(of: server) + events(of: server) + proxies(of: server) + methods(of: server)
    }

    // MARK: Expiry

    /// What expires and is never extended.
    var expiry: [Finding] {
        let connections = unextended(
            .connect,
            by: .refresh,
            known: server?.connectionsExpire,
            "connections with an expire_at are closed when it passes (3005), and clients do not come back with it"
        )
        // For a given server, it is known which subscriptions expire.
        guard server == nil else { return connections }
        return connections
            + unextended(
                .subscribe,
                by: .subRefresh,
                known: nil,
                "subscriptions with an expire_at end when it passes"
            )
    }

    private func unextended(_ kind: ProxyKind, by other: ProxyKind, known: Bool?, _ what: String) -> [Finding] {
        guard known != false else { return [] }
        let uses = configuration.uses
        let extended = Set(uses.filter { $0.kind == other }.map { $0.namespace?.path })
        return uses.filter { $0.kind == kind && !extended.contains($0.namespace?.path) }.map { use in
            let fix = kind.isSwitchedOnItself ? other.howToSwitchOn : "also set \(other.enabledKey) to true"
            return Finding(
                "expiry-without-refresh",
                at: use.path,
                "Without \(other.path) \(what).",
                fix: known == true ? "\(fix)." : "\(fix), if answers set expire_at.",
                severity: known == true ? .problem : .note
            )
        }
    }

    // MARK: Events

    /// Events that only one side has.
    private func events(of server: ServerRules) -> [Finding] {
        let uses = configuration.uses.filter { configuration.proxy(of: $0)?.endpoint.isHTTP != true }
        let missing = ProxyEvent.allCases.filter { event in
            server.events.contains(event) && !server.optionalEvents.contains(event) && event.kind != nil
                && !uses.contains { $0.event == event }
                // Already reported, as a proxy that is not enabled.
                && !configuration.proxies.contains {
                    $0.path.description == event.kind?.path && configuration.uses(of: $0).isEmpty
                        && $0.endpoint != .missing
                }
        }
        return missing.compactMap { event in
            event.kind.map { kind in
                Finding(
                    "handled-not-enabled",
                    at: kind.path,
                    "This server handles \(event.methodName), and Centrifugo never calls it.",
                    fix: Self.howToSwitchOn(event, kind)
                )
            }
        }
            + uses.filter { !server.events.contains($0.event) }.map { use in
                Finding(
                    "enabled-not-handled",
                    at: use.path,
                    "Centrifugo calls \(use.event.methodName), which this server does not handle and so refuses.",
                    fix: "handle it here, or switch the proxy off there."
                )
            }
    }

    private static func howToSwitchOn(_ event: ProxyEvent, _ kind: ProxyKind) -> String {
        let flag = event == .subscribeBidirectional ? ", with subscribe_stream_proxy_bidirectional," : ""
        return "\(kind.howToSwitchOn)\(flag) and give \(kind.path) the endpoint of this server."
    }

    // MARK: Methods

    /// Methods that Centrifugo itself answers, since it does not know their namespace.
    private func methods(of server: ServerRules) -> [Finding] {
        guard configuration.uses.contains(where: { $0.kind == .rpc }) else { return [] }
        let boundary = configuration.rpcBoundary
        guard boundary == ":" else { return [] }
        let rpc = configuration.namespaces.filter(\.isRPC)
        let unknown = server.methodNamespaces.filter { name in !rpc.contains { $0.name == name } }
        let off = rpc.filter { server.methodNamespaces.contains($0.name ?? "") && !$0.isOn("proxy_enabled") }
        var findings = off.map { namespace in
            Finding(
                "rpc-namespace-off",
                at: namespace.path.key("proxy_enabled"),
                "This server has methods of this namespace, and Centrifugo answers them with 108 itself.",
                fix: "set it to true."
            )
        }
        if !unknown.isEmpty {
            let elements = unknown.map { "{\"name\": \"\($0)\", \"proxy_enabled\": true}" }.joined(separator: ", ")
            findings.append(
                Finding(
                    "unknown-rpc-namespace",
                    at: "rpc.namespaces",
                    "This server has methods that begin with \(unknown.map { "\($0):" }.joined(separator: ", ")), and "
                        + "Centrifugo has no such RPC namespaces: it answers them with 104 itself.",
                    fix: "add \(elements) to rpc.namespaces."
                )
            )
        }
        if server.hasPlainMethods, rpc.first(where: { $0.name == nil })?.isOn("proxy_enabled") == false {
            findings.append(
                Finding(
                    "rpc-namespace-off",
                    at: "rpc.without_namespace.proxy_enabled",
                    "This server has methods without a colon, and Centrifugo answers them with 108 itself.",
                    fix: "set it to true."
                )
            )
        }
        return findings
    }
}
