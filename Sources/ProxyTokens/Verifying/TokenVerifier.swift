#if Tokens
/// Tells which tokens are valid, and whose they are.
public protocol TokenVerifier: Sendable {
    /// Looks a token up by its clear text.
    ///
    /// - Returns: Nil when the token is unknown, expired or revoked.
    /// - Throws: When that cannot be told now, such as ``TokenStorageError``; an outage is no answer.
    func token(_ secret: TokenSecret) async throws -> Token?

    /// Looks a token up again by the ``Token/reference`` that an earlier look returned.
    ///
    /// The reference comes from Centrifugo, which keeps it in the connection's `meta`; never ask with one that came from
    /// a client.
    ///
    /// - Returns: Nil when the token is unknown, expired or revoked by now.
    /// - Throws: When that cannot be told now.
    func token(reference: String) async throws -> Token?

    /// Looks a token up by its clear text, and says why it is not valid: one lookup, as with ``token(_:)``.
    ///
    /// A verifier that does not have it says unknown of all that are not valid.
    ///
    /// - Throws: When that cannot be told now.
    func verdict(_ secret: TokenSecret) async throws -> TokenVerdict

    /// The same, by the reference that an earlier lookup returned.
    ///
    /// A verifier that does not have it says revoked of all that are not valid.
    ///
    /// - Throws: When that cannot be told now.
    func verdict(reference: String) async throws -> TokenVerdict
}
#endif
