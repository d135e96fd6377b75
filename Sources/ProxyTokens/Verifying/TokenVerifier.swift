#if Tokens
/// Checks tokens, and returns those that are valid.
public protocol TokenVerifier: Sendable {
    /// Looks a token up by its clear text.
    ///
    /// - Returns: Nil when the token is unknown, expired or revoked.
    /// - Throws: When the lookup fails, for example with ``TokenStorageError``; an outage does not make a token
    ///   invalid.
    func token(_ secret: TokenSecret) async throws -> Token?

    /// Looks a token up again by the ``Token/reference`` that an earlier lookup returned.
    ///
    /// The reference comes from Centrifugo, which keeps it in the connection's `meta`; never pass one that a client
    /// sent.
    ///
    /// - Returns: Nil when the token is unknown, expired or revoked by now.
    /// - Throws: When the lookup fails.
    func token(reference: String) async throws -> Token?

    /// Looks a token up by its clear text, and says why it is not valid: one lookup, as with ``token(_:)``.
    ///
    /// By default, every invalid token is unknown.
    ///
    /// - Throws: When the lookup fails.
    func verdict(_ secret: TokenSecret) async throws -> TokenVerdict

    /// The same by the reference that an earlier lookup returned.
    ///
    /// By default, every invalid token is revoked.
    ///
    /// - Throws: When the lookup fails.
    func verdict(reference: String) async throws -> TokenVerdict
}
#endif
