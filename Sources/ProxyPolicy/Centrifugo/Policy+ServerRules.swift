package import CentrifugoDoctor
import CentrifugoProxy

extension Policy {
    /// The rules that Centrifugo's configuration has to match.
    package var serverRules: ServerRules {
        var rules = ServerRules(events: Set(events))
        // A topic does not say whether its channels are map channels.
        rules.optionalEvents = [.mapPublish, .mapRemove]
        rules.connectionsExpire = events.contains(.refresh)
        rules.channels = topics.map(\.channels) + (connect?.channels ?? []).map(\.channels)
        rules.listeners = listeners.compactMap(\.place)
        rules.secretKey = secret?.key
        if let header = tokens?.metadataKey { rules.headers[.connect] = [header] }
        if let http = connect?.http { rules.headers[.connect] = http.forwardMetadata }
        if tokens != nil { rules.eventsWithMeta = [.refresh, .subRefresh] }
        // Their roles are those of the meta.
        if connect?.channels.contains(where: { $0.roles != nil && $0.lifetime != nil }) == true {
            rules.eventsWithMeta.insert(.subRefresh)
        }
        if topics.contains(where: { $0.who.needsMeta || $0.publish.needsMeta }) {
            rules.eventsWithMeta.formUnion([.subscribe, .subRefresh, .publish, .mapPublish, .mapRemove])
        }
        if let rpc {
            rules.headers[.rpc] = rpc.http?.forwardMetadata ?? []
            rules.methodNamespaces = Self.namespaces(of: rpc.http?.allow ?? [])
            rules.hasPlainMethods = rpc.ping || rules.methodNamespaces.isEmpty
        }
        return rules
    }

    /// The RPC namespaces at the beginning of the bridge's rules: Centrifugo treats the verb as a namespace, and itself
    /// answers methods of namespaces that it does not know.
    private static func namespaces(of rules: [String]) -> [String] {
        let verbs = Set(rules.map { $0.prefix { $0 != ":" }.lowercased() })
        return verbs.contains("*") ? ["delete", "get", "head", "patch", "post", "put"] : verbs.sorted()
    }
}

extension TopicPolicy {
    fileprivate var channels: ServerRules.Channels {
        ServerRules.Channels(
            pattern,
            isPublished: publish != .nobody,
            expires: lifetime != nil,
            overrides: options?.names ?? []
        )
    }
}

extension AutomaticPolicy {
    fileprivate var channels: ServerRules.Channels {
        ServerRules.Channels(pattern, isSubscribed: false, expires: lifetime != nil, overrides: options?.names ?? [])
    }
}

extension OptionsPolicy {
    /// The options that are overridden with true.
    fileprivate var names: Set<String> {
        let values = [
            "presence": presence, "join_leave": joinLeave, "force_recovery": forceRecovery,
            "force_positioning": forcePositioning, "force_push_join_leave": forcePushJoinLeave,
        ]
        return Set(values.filter { $0.value == true }.keys)
    }
}

extension ListenerPolicy {
    fileprivate var place: ServerRules.Listener? {
        let address: ServerRules.Listener.Address
        if let (host, port) = tcp.flatMap(Self.address) {
            address = .tcp(host: host, port: port)
        } else if let unix {
            address = .unix(unix)
        } else {
            address = .inherited
        }
        return ServerRules.Listener(
            address,
            certificate: tls?.certificate,
            needsClientCertificate: tls?.clientCA != nil
        )
    }
}

extension AccessRule {
    /// Whether the rule depends on the connection's `meta`.
    fileprivate var needsMeta: Bool {
        if case .roles = self { true } else { false }
    }
}
