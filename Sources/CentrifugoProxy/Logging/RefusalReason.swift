/// Why a call is refused, for whoever runs the server: clients learn nothing of it.
///
/// The access log has it as `reason`, in these words. Handlers set one by ``CallContext/refusalReason``.
public enum RefusalReason: String, Sendable, Hashable, CaseIterable {
    /// The client has no token, or an anonymous user asks for what needs a user.
    case noToken = "no-token"
    /// The token is not one that was issued here, or is in no known form.
    case unknownToken = "unknown-token"
    /// The token has ended, has not begun, or has no end where it needs one.
    case expired = "expired"
    /// The connection's token is not kept any more.
    case revoked = "revoked"
    /// No key that is accepted has signed the token.
    case badSignature = "bad-signature"
    /// The token was issued by somebody else (`iss`).
    case wrongIssuer = "wrong-issuer"
    /// The token is for somebody else (`aud`).
    case wrongAudience = "wrong-audience"
    /// No rule is about the event, the channel or the method, or the one that is lets nobody do it.
    case noRule = "no-rule"
    /// The user has none of the roles that the rule asks for.
    case roleMissing = "role-missing"
    /// Centrifugo did not send the connection's `meta`: `include_connection_meta` is missing in the proxy's options.
    case noMeta = "no-meta"
    /// The channel or the token is another user's.
    case notOwner = "not-owner"
    /// The rule lets nobody publish.
    case publishDenied = "publish-denied"
    /// What the client sent is above a limit, or the answer is.
    case tooLarge = "too-large"
    /// Where tokens are kept cannot be asked now.
    case storageDown = "storage-down"
}

extension RefusalReason: CustomStringConvertible {
    /// The word of the access log.
    public var description: String { rawValue }
}

extension CallContext {
    /// Why the call is refused; nil until somebody says so.
    ///
    /// All copies of a call's context share it. Set it before you refuse; of a call that is accepted nobody asks for it.
    ///
    /// ```swift
    /// guard await members.contains(request.user) else {
    ///     context.refusalReason = .notOwner
    ///     throw CentrifugoError.permissionDenied
    /// }
    /// ```
    public var refusalReason: RefusalReason? {
        get { call.refusalReason }
        nonmutating set { call.refusalReason = newValue }
    }

    /// Denies what is asked for, for a reason.
    func denied(_ reason: RefusalReason) -> CentrifugoError {
        refusalReason = reason
        return .permissionDenied
    }
}
