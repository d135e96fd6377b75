#if JWT
extension JWTVerifier {
    /// What a signed token must say, and where it says the rest.
    public struct Configuration: Sendable {
        /// Who has to have issued the token (`iss`); nil for anybody with the key.
        public var issuer: String?
        /// Whom the token has to be for (`aud`); nil for anybody.
        public var audience: String?
        /// Whether a token without an end (`exp`) is refused.
        public var requiresExpiration = true
        /// How far the clocks of those who sign may be from ours; a token counts that much longer.
        public var leeway = Duration.zero
        /// The claim with the user's roles: a list of texts, or one text of words.
        public var rolesClaim = "roles"
        /// The claims that handlers find in ``Token/claims``, as far as they are texts.
        public var claims: Set<String> = []

        /// Makes the default configuration: tokens have to have an end.
        public init() {}
    }
}
#endif
