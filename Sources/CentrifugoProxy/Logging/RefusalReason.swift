/// Why a call is refused, for the operator; clients do not learn it.
///
/// The access log writes it as `reason`, in these words. Handlers set it by ``CallContext/refusalReason``.
public enum RefusalReason: String, Sendable, Hashable, CaseIterable {
    /// The client has no token, or an anonymous user asks for something that needs a user.
    case noToken = "no-token"
    /// The token was not issued here, or is malformed.
    case unknownToken = "unknown-token"
    /// The token has expired, is not valid yet, or has no expiry where one is required.
    case expired = "expired"
    /// The token of the connection is no longer stored.
    case revoked = "revoked"
    /// No accepted key has signed the token.
    case badSignature = "bad-signature"
    /// The token was issued by another issuer (`iss`).
    case wrongIssuer = "wrong-issuer"
    /// The token is meant for another audience (`aud`).
    case wrongAudience = "wrong-audience"
    /// A claim of the signed token cannot be used.
    case badClaims = "bad-claims"
    /// No rule covers the event, the channel or the method, or the rule that does allows nobody.
    case noRule = "no-rule"
    /// The user has none of the roles that the rule requires.
    case roleMissing = "role-missing"
    /// Centrifugo did not send the connection's `meta`: `include_connection_meta` is missing in the proxy's options.
    case noMeta = "no-meta"
    /// The channel or the token is another user's.
    case notOwner = "not-owner"
    /// The rule lets nobody publish.
    case publishDenied = "publish-denied"
    /// The data that the client sent, or the answer, exceeds a limit.
    case tooLarge = "too-large"
    /// The token storage is unavailable.
    case storageDown = "storage-down"
}

extension RefusalReason: CustomStringConvertible {
    /// The word of the access log.
    public var description: String { rawValue }
}

extension CallContext {
    /// Why the call is refused; nil until it is set.
    ///
    /// All copies of a call's context share it. Set it before you refuse; for an accepted call it is ignored.
    ///
    /// ```swift
    /// guard await members.contains(request.user) else {
    ///     context.refusalReason = .notOwner
    ///     throw .permissionDenied
    /// }
    /// ```
    public var refusalReason: RefusalReason? {
        get { call.refusalReason }
        nonmutating set { call.refusalReason = newValue }
    }

    /// Denies the call for a reason.
    func denied(_ reason: RefusalReason) -> CentrifugoError {
        refusalReason = reason
        return .permissionDenied
    }
}
