/// The common fields of all requests about one client in one channel.
public protocol ChannelRequest: ProxyRequest {
    /// The id of the connection's user; empty for an anonymous one.
    var user: String { get }
    /// The channel of the request.
    var channel: String { get }
    /// The JSON object that was attached to the connection; the client never sees it.
    ///
    /// It is empty unless the event's proxy has `include_connection_meta` in Centrifugo's configuration.
    var meta: Payload { get }
    /// The labels of the connection (Centrifugo PRO).
    var labels: [String: String] { get }
}

extension SubscribeRequest: ChannelRequest {}
extension SubRefreshRequest: ChannelRequest {}
extension PublishRequest: ChannelRequest {}
extension MapPublishRequest: ChannelRequest {}
extension MapRemoveRequest: ChannelRequest {}
