import CentrifugoProxy
import Foundation

extension ConfigurationDoctor {
    /// What expires and is never prolonged.
    var expiry: [Finding] {
        unprolonged(
            .connect,
            by: .refresh,
            known: handled.connectionsExpire,
            "connections with an expire_at are closed when it passes (3005), and clients do not come back with it"
        )
            + unprolonged(
                .subscribe,
                by: .subRefresh,
                known: handled.subscriptionsExpire,
                "subscriptions with an expire_at end when it passes"
            )
    }

    private func unprolonged(_ kind: ProxyKind, by other: ProxyKind, known: Bool?, _ what: String) -> [Finding] {
        guard known != false else { return [] }
        let uses = configuration.uses
        return uses.filter { use in
            guard use.kind == kind else { return false }
            guard !kind.isSwitchedOnItself else { return !uses.contains { $0.kind == other } }
            // In the same namespace: what is before the key.
            let place = use.path.dropLast(kind.enabledKey.count)
            return !uses.contains { $0.kind == other && $0.path == place + other.enabledKey }
        }.map { use in
            let mend = kind.isSwitchedOnItself ? other.mend : "set \(other.enabledKey) to true beside it"
            return Finding(
                "expiry-without-refresh",
                at: use.path,
                "Without \(other.path) \(what).",
                mend: known == true ? "\(mend)." : "\(mend), if answers set expire_at.",
                severity: known == true ? .problem : .note
            )
        }
    }

    /// Events that one side has and the other has not.
    var events: [Finding] {
        guard let handledEvents = handled.events else { return [] }
        let uses = configuration.uses.filter { configuration.proxy(of: $0)?.isHTTP != true }
        let missing = ProxyEvent.allCases.filter { event in
            handledEvents.contains(event) && !handled.optionalEvents.contains(event) && event.kind != nil
                && !uses.contains { $0.event == event }
                // Found already, as a proxy that is not enabled.
                && !configuration.proxies.contains {
                    $0.path == event.kind?.path && $0.uses.isEmpty && $0.endpoint != nil
                }
        }
        return missing.compactMap { event in
            event.kind.map { kind in
                Finding(
                    "handled-not-enabled",
                    at: kind.path,
                    "This server handles \(event.methodName), and Centrifugo never calls it.",
                    mend: Self.mend(event, kind)
                )
            }
        }
            + uses.filter { !handledEvents.contains($0.event) }.map { use in
                Finding(
                    "enabled-not-handled",
                    at: use.path,
                    "Centrifugo calls \(use.event.methodName), which this server does not handle and so refuses.",
                    mend: "handle it here, or switch the proxy off there."
                )
            }
    }

    private static func mend(_ event: ProxyEvent, _ kind: ProxyKind) -> String {
        let flag = event == .subscribeBidirectional ? ", with subscribe_stream_proxy_bidirectional," : ""
        return "\(kind.mend)\(flag) and give \(kind.path) the endpoint of this server."
    }

    /// Rules for channels of a namespace that Centrifugo does not have.
    var topics: [Finding] {
        let boundary = configuration.root[path: "channel.namespace_boundary"]?.text ?? ":"
        let names = Set(configuration.namespaces.filter { !$0.isRPC }.compactMap(\.name))
        let prefixes = handled.topics.compactMap { topic -> (topic: String, name: String)? in
            guard !boundary.isEmpty, let end = topic.range(of: boundary) else { return nil }
            let prefix = topic[..<end.lowerBound]
            // A prefix with a parameter or an optional part can be any.
            return prefix.contains(where: { "{[".contains($0) }) ? nil : (topic, String(prefix))
        }
        return prefixes.filter { !names.contains($0.name) }.map {
            Finding(
                "unknown-namespace",
                at: "channel.namespaces",
                "This server has a rule for \($0.topic), and Centrifugo has no namespace \"\($0.name)\": it refuses "
                    + "such channels with 102.",
                mend: "add a namespace with the name \"\($0.name)\", or choose another divider than \(boundary) here."
            )
        }
    }
}
