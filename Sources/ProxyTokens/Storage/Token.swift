#if Tokens
import CentrifugoProxy

/// The properties of a valid token, such as its user and its expiry.
///
/// They do not include its clear text.
public struct Token: Sendable, Hashable {
    /// The token's public name, for lists and logs; it cannot be used as the token.
    public var reference: String
    /// The id of the user, never empty.
    public var user: String
    /// The user's roles, in the application's words.
    public var roles: [String]
    /// Other properties that the application stores with the token.
    public var claims: [String: String]
    /// The time of creation, in unix seconds; 0 when it is unknown.
    public var createdAt: Int64
    /// The time from which the token is no longer valid, in unix seconds; nil for never.
    public var expireAt: Int64?
    /// What the token says about the connections that are made with it; nil when it says nothing.
    public var connection: TokenConnection?

    /// Makes a description of a token.
    public init(
        reference: String,
        user: String,
        roles: [String] = [],
        claims: [String: String] = [:],
        createdAt: Int64 = 0,
        expireAt: Int64?,
        connection: TokenConnection? = nil
    ) {
        self.reference = reference
        self.user = user
        self.roles = roles
        self.claims = claims
        self.createdAt = createdAt
        self.expireAt = expireAt
        self.connection = connection
    }

    /// Whether the token is no longer valid at a time, in unix seconds.
    public func isExpired(at time: Int64) -> Bool {
        guard let expireAt else { return false }
        return expireAt <= time
    }
}

extension Token {
    /// Whether all properties are equal, texts by their bytes.
    public static func == (left: Token, right: Token) -> Bool {
        left.createdAt == right.createdAt && left.expireAt == right.expireAt && left.connection == right.connection
            && left.reference.isExactly(right.reference) && left.user.isExactly(right.user)
            && left.roles.elementsEqual(right.roles) { $0.isExactly($1) }
            && left.claims.count == right.claims.count
            && left.claims.allSatisfy { right.claims[exactly: $0]?.isExactly($1) == true }
    }

    /// Hashes the reference and the user, which identify a token.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(ExactText(reference))
        hasher.combine(ExactText(user))
    }
}

/// A new token with its clear text, which is available only now.
public struct IssuedToken: Sendable, Hashable {
    /// The clear text for the client to send.
    public let secret: TokenSecret
    /// The properties that are stored.
    public let token: Token

    /// Makes an issued token from its parts.
    public init(secret: TokenSecret, token: Token) {
        self.secret = secret
        self.token = token
    }
}
#endif
