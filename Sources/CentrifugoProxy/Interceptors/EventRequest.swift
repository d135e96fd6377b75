public import ProxyMessages

/// The request of an event, for interceptors of any event.
public protocol EventRequest: Sendable {
    /// The id of the client's connection; nil for an event without a client.
    var clientID: String? { get }
    /// The id of the user, empty for an anonymous one; nil for an event without a user, and in Connect.
    ///
    /// Who connects is known only after the handler: read ``EventAnswer/userID`` of what `next` returns.
    var userID: String? { get }
    /// The channel, or the method of an RPC; nil for an event without either.
    var target: String? { get }
}

extension EventRequest {
    /// Nil: the event has no client.
    public var clientID: String? { nil }
    /// Nil: the event has no user, or the user is not known yet.
    public var userID: String? { nil }
    /// Nil: the event has neither a channel nor a method.
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
