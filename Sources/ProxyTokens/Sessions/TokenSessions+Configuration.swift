#if Tokens
public import CentrifugoProxy

extension TokenSessions {
    /// How tokens come, and what belongs to the connection of a token's user.
    public struct Configuration: Sendable {
        /// The key of the token in the data that a client connects with: `{"authToken": "…"}`.
        public var dataKey = "authToken"
        /// The metadata key of the token as `Bearer …`, when it is not in the data; nil for not looking there.
        ///
        /// `authorization` for the header of that name, which Centrifugo has to forward (`http_headers`).
        public var metadataKey: String?
        /// The key of the token's reference in the connection's `meta`.
        public var metaKey = "token"
        /// How long a connection goes on until it is looked whether its token still counts.
        ///
        /// In whole seconds, from 2 seconds to 365 days.
        public var sessionInterval = Duration.seconds(300)
        /// The same for subscriptions that expire.
        public var subscriptionInterval = Duration.seconds(300)
        /// What a client without a token gets; nil refuses it.
        ///
        /// A token that is not valid is refused in any case. Leave `expireAt` at 0: without a token a connection is not
        /// prolonged.
        public var anonymous: (@Sendable (ConnectRequest) async throws -> ConnectResult)?
        /// What other clients see about the connection.
        public var info: @Sendable (Token) async throws -> Payload = { _ in .empty }
        /// What the client receives with the answer.
        public var data: @Sendable (Token) async throws -> Payload = { _ in .empty }
        /// A JSON object that comes back with later calls, beside the token's reference; empty for nothing else.
        public var meta: @Sendable (Token) async throws -> Payload = { _ in .empty }
        /// The channels that the client is subscribed to by the server.
        public var subscriptions: @Sendable (Token) async throws -> [String: SubscribeOptions] = { _ in [:] }

        /// Makes the default configuration: `authToken` in the data, looked at again every five minutes.
        public init() {}
    }
}
#endif
