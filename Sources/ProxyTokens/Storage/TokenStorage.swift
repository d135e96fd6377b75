#if Tokens
/// Stores tokens: creates, finds, lists and revokes them.
///
/// A storage keeps no clear text, only its ``TokenDigest``. All operations may be repeated, and a deleted token is
/// unknown at once.
public protocol TokenStorage: TokenVerifier {
    /// The clock for the creation and expiry of tokens.
    var clock: UnixClock { get }

    /// Stores a token; an existing one with the same digest stays unchanged.
    ///
    /// Use ``create(user:roles:claims:expiresIn:)`` for new tokens; this method imports existing ones.
    ///
    /// - Parameters:
    ///   - token: The token's properties; its reference must be that of the digest.
    ///   - digest: The digest by which the token is found.
    /// - Throws: ``TokenStorageError`` when it cannot be stored now.
    func insert(_ token: Token, digest: TokenDigest) async throws

    /// Revokes a token.
    ///
    /// - Returns: Whether it existed.
    @discardableResult
    func delete(reference: String) async throws -> Bool

    /// Revokes all tokens of a user.
    ///
    /// - Returns: How many there were.
    @discardableResult
    func deleteAll(of user: String) async throws -> Int

    /// Removes the tokens that are no longer valid; lookups ignore them even before that.
    ///
    /// - Returns: How many there were.
    @discardableResult
    func deleteExpired() async throws -> Int

    /// Lists the tokens of a user, or of all users for nil, the oldest first.
    ///
    /// Expired tokens are included until they are removed.
    func list(of user: String?) async throws -> [Token]
}

extension TokenStorage {
    /// Creates a token and stores it.
    ///
    /// - Parameters:
    ///   - user: The id of the user; not empty, since Centrifugo would treat that as an anonymous user.
    ///   - roles: The user's roles.
    ///   - claims: Other properties to store with the token.
    ///   - expiresIn: How long it is valid, in whole seconds, rounded up; nil for ever.
    /// - Returns: The token with its clear text, which cannot be recovered later.
    /// - Throws: ``TokenStorageError``; `invalidToken` when the properties are invalid.
    public func create(
        user: String,
        roles: [String] = [],
        claims: [String: String] = [:],
        expiresIn: Duration?
    ) async throws -> IssuedToken {
        guard !user.isEmpty else { throw TokenStorageError(.invalidToken, "A token needs a user's id.") }
        // Not every database can store it, and some end the text there.
        guard !(([user] + roles + claims.keys + claims.values).contains { $0.utf8.contains(0) }) else {
            throw TokenStorageError(.invalidToken, "A token's texts must not contain a NUL character.")
        }
        if let expiresIn, expiresIn <= .zero {
            throw TokenStorageError(.invalidToken, "A token must be valid for more than \(expiresIn).")
        }
        let secret = TokenSecret.random()
        let digest = TokenDigest(secret)
        let token = Token(
            reference: digest.reference,
            user: user,
            roles: roles,
            claims: claims,
            createdAt: clock.now,
            expireAt: expiresIn.map { clock.time(after: $0) }
        )
        try await insert(token, digest: digest)
        return IssuedToken(secret: secret, token: token)
    }

    /// Revokes a token by its clear text.
    ///
    /// - Returns: Whether it existed.
    @discardableResult
    public func delete(_ secret: TokenSecret) async throws -> Bool {
        guard !secret.isTooLong else { return false }
        return try await delete(reference: TokenDigest(secret).reference)
    }
}
#endif
