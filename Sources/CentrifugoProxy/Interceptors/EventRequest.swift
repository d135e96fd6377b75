public import ProxyMessages

/// A request of any event, as an interceptor sees it that does not ask which.
public protocol EventRequest: Sendable {
    /// The id of the client's connection; nil when no client is asked about.
    var clientID: String? { get }
    /// The id of the user, empty for an anonymous one; nil where it is not known.
    var userID: String? { get }
    /// What the client wants to do something with: the channel, or the method of an RPC; nil when there is neither.
    var target: String? { get }
}

extension EventRequest {
    /// Nil: no client is asked about.
    public var clientID: String? { nil }
    /// Nil: no user is asked about, or it is not known yet.
    public var userID: String? { nil }
    /// Nil: neither a channel nor a method is asked about.
    public var target: String? { nil }
}

extension EventRequest where Self: ProxyRequest {
    /// The id of the client's connection.
    public var clientID: String? { client }
}

extension EventRequest where Self: ChannelRequest {
    /// The user's id.
    public var userID: String? { user }
    /// The channel.
    public var target: String? { channel }
}
