public import ProxyMessages

/// What a handler answers an event with, as an interceptor sees it that does not ask which.
public protocol EventAnswer: Sendable {
    /// Whether it ends what was to be prolonged: the result of Refresh and SubRefresh that says `expired`.
    var isExpiry: Bool { get }
}

extension EventAnswer {
    /// False: most answers prolong nothing.
    public var isExpiry: Bool { false }
}

extension RefreshResult: EventAnswer {
    /// Whether the connection ends.
    public var isExpiry: Bool { expired }
}

extension SubRefreshResult: EventAnswer {
    /// Whether the subscription ends.
    public var isExpiry: Bool { expired }
}

extension ConnectResult: EventAnswer {}
extension SubscribeResult: EventAnswer {}
extension PublishResult: EventAnswer {}
extension RPCResult: EventAnswer {}
extension MapPublishResult: EventAnswer {}
extension MapRemoveResult: EventAnswer {}
extension SharedPollRefreshResult: EventAnswer {}
extension NotifyCacheEmptyResult: EventAnswer {}
extension NotifyChannelStateResult: EventAnswer {}
extension UnidirectionalSubscription: EventAnswer {}
extension BidirectionalSubscription: EventAnswer {}
