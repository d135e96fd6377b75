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

        /// Makes the default configuration: tokens must have an expiry.
        public init() {}
    }
}
#endif
