/// What Centrifugo asks about: the methods of the service `centrifugal.centrifugo.proxy.CentrifugoProxy`.
public enum ProxyEvent: String, Sendable, Hashable, CaseIterable {
    /// A client connects without a token.
    case connect = "Connect"
    /// A connection is about to expire.
    case refresh = "Refresh"
    /// A client subscribes to a channel.
    case subscribe = "Subscribe"
    /// A subscription is about to expire.
    case subRefresh = "SubRefresh"
    /// A client publishes into a channel.
    case publish = "Publish"
    /// A client calls a method.
    case rpc = "RPC"
    /// A client sets a key of a map channel.
    case mapPublish = "MapPublish"
    /// A client removes a key of a map channel.
    case mapRemove = "MapRemove"
    /// A node polls for changes of tracked keys.
    case sharedPollRefresh = "SharedPollRefresh"
    /// The recovery cache of a channel is empty.
    case notifyCacheEmpty = "NotifyCacheEmpty"
    /// Channels became occupied or vacated.
    case notifyChannelState = "NotifyChannelState"
    /// A client subscribes, and the subscription is a stream of publications.
    case subscribeUnidirectional = "SubscribeUnidirectional"
    /// A client subscribes, and the subscription is a stream in both directions.
    case subscribeBidirectional = "SubscribeBidirectional"

    /// The method's name in proxy.proto, such as `RPC`.
    public var methodName: String { rawValue }

    /// All events; made once, while `allCases` is made anew at each use.
    static let all = allCases

    /// The position in `allCases`, which is also the one of the event's route.
    var index: Int { Self.all.firstIndex(of: self) ?? 0 }

    /// The full name of the service that all events are methods of.
    static let serviceName = "centrifugal.centrifugo.proxy.CentrifugoProxy"

    /// The method's name with its service, as OpenTelemetry writes it.
    var fullName: String { Self.fullNames[index] }

    // Made once: each traced call has one.
    private static let fullNames = all.map { "\(serviceName)/\($0.rawValue)" }

    /// The `:path` of the event's calls.
    package var path: String { "/\(Self.serviceName)/\(rawValue)" }
}
