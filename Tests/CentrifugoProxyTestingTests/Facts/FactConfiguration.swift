import CentrifugoModel
import CentrifugoProxy
import CentrifugoProxyTesting
import Foundation

/// What a fact's configuration says about channels and proxies.
struct FactConfiguration {
    private let configuration: CentrifugoConfiguration

    init(root: ConfigurationValue) throws(ConfigurationError) {
        configuration = CentrifugoConfiguration(try ConfigurationSource(Data(root.json.utf8), form: .json))
    }

    /// A simulator for this configuration, and for what it says of a channel's namespace.
    func simulator(for channel: String?, now: Int64) -> Simulator {
        let namespaces = configuration.namespaces.filter { !$0.isRPC }
        var simulator = Simulator(now: now, namespaces: Set(namespaces.compactMap(\.name)))
        simulator.namespaceBoundary = configuration.channelBoundary
        simulator.privatePrefix = configuration.privatePrefix
        simulator.allowsAnonymousConnect = configuration.isOn("client.allow_anonymous_connect_without_token")
        simulator.maxChannelLength = configuration.number("channel.max_length", default: 255)
        simulator.channelLimit = configuration.number("client.channel_limit", default: 128)
        guard let options = channel.flatMap({ configuration.namespace(of: $0, isRPC: false).namespace }) else {
            return simulator
        }
        simulator.options = ChannelOptions(
            presence: options.isOn("presence"),
            joinLeave: options.isOn("join_leave"),
            forcePushJoinLeave: options.isOn("force_push_join_leave"),
            forceRecovery: options.isOn("force_recovery"),
            forcePositioning: options.isOn("force_positioning"),
            hasChannelPattern: options.options["channel_regex"] != nil
        )
        return simulator
    }

    /// Whether a channel needs a token.
    func isPrivate(_ channel: String) -> Bool { channel.hasPrefix(configuration.privatePrefix) }

    /// How long Centrifugo waits for an event's answer, in seconds.
    func timeout(of event: String, method: String?) -> Double {
        proxy(of: event, channel: nil, method: method)?.timeout ?? 1
    }

    /// Whether an event's proxy has the option `include_connection_meta`.
    func includesMeta(_ event: String, channel: String?, method: String?) -> Bool {
        proxy(of: event, channel: channel, method: method)?.includesConnectionMeta ?? false
    }

    /// The proxy that an event goes to.
    private func proxy(of event: String, channel: String?, method: String?) -> ProxySettings? {
        guard let kind = ProxyEvent(rawValue: event)?.kind else { return nil }
        let namespace =
            if kind == .rpc {
                configuration.namespace(of: method ?? "", isRPC: true).namespace
            } else {
                channel.flatMap { configuration.namespace(of: $0, isRPC: false).namespace }
            }
        guard let namespace else {
            return configuration.proxies.first { $0.path == OptionPath(kind.path) }
        }
        return configuration.proxy(of: ProxyUse(kind, in: namespace))
    }
}
