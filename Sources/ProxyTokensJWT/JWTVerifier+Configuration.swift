#if JWT
extension JWTVerifier {
    /// What a signed token must contain, and which of its claims are used.
    public struct Configuration: Sendable {
        /// The required issuer (`iss`); nil for any issuer with the key.
        public var issuer: String?
        /// The audiences of which a token must have one (`aud`); empty for any.
        public var audiences: [String] = []
        /// The claim with the user's identifier, a text.
        public var userClaim = "sub"
        /// Whether a token without an expiry (`exp`) is refused.
        public var requiresExpiration = true
        /// How far an issuer's clock may differ from ours; a token is valid that much longer.
        public var leeway = Duration.zero
        /// The claim with the user's roles: a list of texts, or one text with words.
        public var rolesClaim = "roles"
        /// The claims that handlers find in ``Token/claims``, if they are texts.
        public var claims: Set<String> = []

        /// Whether the claims by which Centrifugo describes connections become ``Token/connection``.
        ///
        /// They are `info`, `b64info`, `channels`, `subs`, `meta` and `expire_at`. Off by default, since an issuer that does not know Centrifugo may give these names another meaning. A token
        /// with such a claim of a wrong type is refused, and one with `channel`, which is for a subscription.
        public var readsCentrifugoClaims = false
        /// The names that a token's `meta` must not have, since the server adds its own under them.
        public var reservedMetaNames: Set<String> = ["token"]

        /// Makes the default configuration: tokens must have an expiry.
        public init() {}
    }
}
#endif
