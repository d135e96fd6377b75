#if Tokens
/// Keeps tokens: makes, finds, lists and revokes them.
///
/// A storage keeps no clear text, only what ``TokenDigest`` makes of it. All of its operations may be repeated, and a token
/// that was deleted is unknown at once.
public protocol TokenStorage: TokenVerifier {
    /// What tokens are created and expire by.
    var clock: UnixClock { get }

    /// Keeps a token; one with the same digest stays as it is.
    ///
    /// Use ``create(user:roles:claims:expiresIn:)`` for new tokens; this one is for those that came from elsewhere.
    ///
    /// - Parameters:
    ///   - token: What is known of the token; its reference has to be that of the digest.
    ///   - digest: What the token is found by.
    /// - Throws: ``TokenStorageError`` when it cannot be kept now.
    func insert(_ token: Token, digest: TokenDigest) async throws

    /// Revokes a token.
    ///
    /// - Returns: Whether it was there.
    @discardableResult
    func delete(reference: String) async throws -> Bool

    /// Revokes all tokens of a user.
    ///
    /// - Returns: How many there were.
    @discardableResult
    func deleteAll(of user: String) async throws -> Int

    /// Removes the tokens that do not count any more; they are unknown before that already.
    ///
    /// - Returns: How many there were.
    @discardableResult
    func deleteExpired() async throws -> Int

    /// Lists the tokens of a user, or of everybody for nil, the oldest first.
    ///
    /// Those that have expired are among them as long as they are not removed.
    func list(of user: String?) async throws -> [Token]
}

extension TokenStorage {
    /// Makes a new token and keeps it.
    ///
    /// - Parameters:
    ///   - user: The id of the user; not empty, since that would be an anonymous one for Centrifugo.
    ///   - roles: What the user may be.
    ///   - claims: Whatever else is to be kept with the token.
    ///   - expiresIn: How long it counts, in whole seconds, rounded up; nil for ever.
    /// - Returns: The token with its clear text, which nobody can tell later.
    /// - Throws: ``TokenStorageError``, `invalidToken` when the token could not be kept as it is.
    public func create(
        user: String,
        roles: [String] = [],
        claims: [String: String] = [:],
        expiresIn: Duration?
    ) async throws -> IssuedToken {
        guard !user.isEmpty else { throw TokenStorageError(.invalidToken, "A token needs a user's id.") }
        // Not every database keeps it, and some take it for the end.
        guard !(([user] + roles + claims.keys + claims.values).contains { $0.utf8.contains(0) }) else {
            throw TokenStorageError(.invalidToken, "A token's texts must not have a NUL character.")
        }
        if let expiresIn, expiresIn <= .zero {
            throw TokenStorageError(.invalidToken, "A token must count for some time, not for \(expiresIn).")
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
    /// - Returns: Whether it was there.
    @discardableResult
    public func delete(_ secret: TokenSecret) async throws -> Bool {
        guard !secret.isTooLong else { return false }
        return try await delete(reference: TokenDigest(secret).reference)
    }
}
#endif
