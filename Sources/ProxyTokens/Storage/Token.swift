#if Tokens
import CentrifugoProxy

/// What is known of a valid token: whose it is and how long it counts.
///
/// Its clear text is not among it.
public struct Token: Sendable, Hashable {
    /// The name of the token where it may be seen; it cannot be used in its place.
    public var reference: String
    /// The id of the user, never empty.
    public var user: String
    /// What the user may be, in words of the application.
    public var roles: [String]
    /// Whatever else the application keeps with the token.
    public var claims: [String: String]
    /// When it was made, in unix seconds; 0 when that is not known.
    public var createdAt: Int64
    /// From when on it does not count any more, in unix seconds; nil for never.
    public var expireAt: Int64?

    /// Makes a description of a token.
    public init(
        reference: String,
        user: String,
        roles: [String] = [],
        claims: [String: String] = [:],
        createdAt: Int64 = 0,
        expireAt: Int64?
    ) {
        self.reference = reference
        self.user = user
        self.roles = roles
        self.claims = claims
        self.createdAt = createdAt
        self.expireAt = expireAt
    }

    /// Whether the token does not count any more at a time, in unix seconds.
    public func isExpired(at time: Int64) -> Bool {
        guard let expireAt else { return false }
        return expireAt <= time
    }
}

extension Token {
    /// Whether all of both is the same, texts by their bytes.
    public static func == (left: Token, right: Token) -> Bool {
        left.createdAt == right.createdAt && left.expireAt == right.expireAt
            && left.reference.isExactly(right.reference) && left.user.isExactly(right.user)
            && left.roles.elementsEqual(right.roles) { $0.isExactly($1) }
            && left.claims.count == right.claims.count
            && left.claims.allSatisfy { right.claims[exactly: $0]?.isExactly($1) == true }
    }

    /// Hashes the reference and the user, which tell tokens apart.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(ExactText(reference))
        hasher.combine(ExactText(user))
    }
}

/// A token that was just made, with its clear text, which can be seen this once.
public struct IssuedToken: Sendable, Hashable {
    /// What the client has to send.
    public let secret: TokenSecret
    /// What is kept.
    public let token: Token

    /// Makes one of its parts.
    public init(secret: TokenSecret, token: Token) {
        self.secret = secret
        self.token = token
    }
}
#endif
