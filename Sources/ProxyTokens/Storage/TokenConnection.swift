#if Tokens
public import CentrifugoProxy

/// What a token says about the connections that are made with it.
public struct TokenConnection: Sendable, Equatable {
    /// The information about the connection that other clients see.
    public var info: Payload
    /// The channels that the server subscribes the client to.
    public var subscriptions: [String: SubscribeOptions]
    /// A JSON object that later calls contain, in addition to the token's reference; empty for no other content.
    public var meta: Payload

    /// Makes a description of a connection; omitted values have their defaults.
    public init(
        info: Payload = .empty,
        subscriptions: [String: SubscribeOptions] = [:],
        meta: Payload = .empty
    ) {
        self.info = info
        self.subscriptions = subscriptions
        self.meta = meta
    }
}
#endif
