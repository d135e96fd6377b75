#if JWT
import CentrifugoProxy
import ProxyTokens

/// The claims of a connection token as Centrifugo itself reads it, apart from the registered ones.
struct CentrifugoClaims {
    /// The most channels of a token.
    static let mostChannels = 1_000

    let connection: TokenConnection
    /// When the connection expires, in unix seconds, whatever `exp` says; 0 for never, nil without the claim.
    let expireAt: Int64?

    /// Reads the claims.
    ///
    /// - Parameters:
    ///   - payload: A token's payload.
    ///   - reserved: The names that its `meta` must not have.
    /// - Throws: ``JSONFieldError`` for a claim of a wrong type, and for a token that is not for connections.
    init(_ payload: [UInt8], reserved: Set<String>) throws(JSONFieldError) {
        guard JSONSyntax.isValid(payload) else { throw JSONFieldError("it", "is not JSON") }
        let claims = try JSONFields(payload[...])
        guard try claims.text("channel") ?? "" == "" else {
            throw JSONFieldError("channel", "is there, so that this is a token for a subscription")
        }
        var subscriptions = try SubscribeOptions.subscriptions(json: claims)
        let channels = try claims.texts("channels") ?? []
        // As in Centrifugo, which reads `channels` only without `subs`.
        if subscriptions.isEmpty { for channel in channels { subscriptions[channel] = SubscribeOptions() } }
        guard subscriptions.count <= Self.mostChannels else {
            throw JSONFieldError("subs", "has more than \(Self.mostChannels) channels")
        }
        if let meta = try claims.object("meta"), let name = meta.names.first(where: reserved.contains) {
            throw JSONFieldError(meta.place(name), "is a name that this server uses itself")
        }
        expireAt = try claims.number("expire_at")
        connection = TokenConnection(
            info: try claims.payload("info", orBase64: "b64info"),
            subscriptions: subscriptions,
            meta: claims.json("meta").map { .bytes(Array($0)) } ?? .empty
        )
    }
}
#endif
