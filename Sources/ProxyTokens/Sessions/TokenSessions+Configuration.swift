#if Tokens
public import CentrifugoProxy

extension TokenSessions {
    /// How clients send tokens, and what a connection gets for its token.
    public struct Configuration: Sendable {
        /// The key of the token in the data that a client connects with: `{"authToken": "…"}`.
        public var dataKey = "authToken"
        /// The metadata key of a token sent as `Bearer …`, used when the data has none; nil ignores the metadata.
        ///
        /// `authorization` for the header of that name, which Centrifugo has to forward (`http_headers`).
        public var metadataKey: String?
        /// The key of the token's reference in the connection's `meta`.
        public var metaKey = "token"
        /// How long a connection lasts until its token is checked again.
        ///
        /// In whole seconds, from 2 seconds to 365 days.
        public var sessionInterval = Duration.seconds(300)
        /// The same for subscriptions that expire.
        public var subscriptionInterval = Duration.seconds(300)
        /// Answers a client without a token; nil refuses it.
        ///
        /// An invalid token is refused in any case. Leave `expireAt` at 0: a connection without a token is never
        /// extended.
        public var anonymous: (@Sendable (ConnectRequest) async throws -> ConnectResult)?
        /// The information about the connection that other clients see; by default what the token says.
        public var info: @Sendable (Token) async throws -> Payload = { $0.connection?.info ?? .empty }
        /// The data that the client receives with the answer.
        public var data: @Sendable (Token) async throws -> Payload = { _ in .empty }
        /// A JSON object that later calls contain, in addition to the token's reference; empty for no other content, and
        /// by default what the token says.
        public var meta: @Sendable (Token) async throws -> Payload = { $0.connection?.meta ?? .empty }
        /// The channels that the server subscribes the client to; by default those that the token names.
        public var subscriptions: @Sendable (Token) async throws -> [String: SubscribeOptions] = {
            $0.connection?.subscriptions ?? [:]
        }

        /// Makes the default configuration: `authToken` in the data, checked again every five minutes.
        public init() {}
    }
}
#endif
