package import CentrifugoDoctor
import CentrifugoProxy

extension Policy {
    /// What Centrifugo's configuration has to fit.
    package var serverRules: ServerRules {
        var rules = ServerRules(events: Set(events))
        // A topic does not say whether its channels are maps.
        rules.optionalEvents = [.mapPublish, .mapRemove]
        rules.connectionsExpire = events.contains(.refresh)
        rules.channels = topics.map(\.channels) + (connect?.channels ?? []).map(\.channels)
        rules.listeners = listeners.compactMap(\.place)
        rules.secretKey = secret?.key
        if let header = tokens?.metadataKey { rules.headers[.connect] = [header] }
        if tokens != nil { rules.eventsWithMeta = [.refresh, .subRefresh] }
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

    /// The namespaces of RPC methods that the bridge's rules begin with: Centrifugo takes the verb for one, and answers a
    /// method of a namespace that it does not know by itself.
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
    /// The options that are overridden to true.
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
    /// Whether it is decided by what the connection's `meta` says.
    fileprivate var needsMeta: Bool {
        if case .roles = self { true } else { false }
    }
}
