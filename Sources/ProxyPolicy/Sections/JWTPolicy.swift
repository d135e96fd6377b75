/// Signed tokens.
struct JWTPolicy: Codable, Equatable, Sendable {
    /// A file with keys in JWKS form, read again when it changes, or the URL of such keys.
    var jwks: String?
    /// A PEM file of the CAs of that URL's server.
    var jwksCA: String?
    /// Whether the URL may be one of `http`.
    var jwksAllowHTTP: Bool
    /// A shared secret of 32 bytes or more, or the file that has it.
    var hmac: Secret?
    var hmacFile: String?
    /// PEM files of public keys.
    var rsa: [String]
    var ec: [String]
    var issuer: String?
    var audience: [String]?
    var userClaim: String
    var rolesClaim: String
    /// Whose claims apply, beside the registered ones: `centrifugo` or nobody's.
    var claims: String?

    enum CodingKeys: String, CodingKey, CaseIterable {
        case jwks, hmac, rsa, ec, issuer, audience, claims
        case jwksCA = "jwks_ca"
        case jwksAllowHTTP = "jwks_allow_http"
        case hmacFile = "hmac_file"
        case userClaim = "user_id_claim"
        case rolesClaim = "roles_claim"
    }

    /// Whether the keys are at a URL.
    var hasKeySetURL: Bool { jwks?.contains("://") == true }

    /// Whether there is a key beside those of a JWKS file.
    private var hasKeys: Bool { hmac != nil || hmacFile != nil || !rsa.isEmpty || !ec.isEmpty }

    init(from decoder: any Decoder) throws {
        let fields = try StrictSection<CodingKeys>(decoder)
        jwks = try fields.optional(.jwks)
        jwksCA = try fields.optional(.jwksCA)
        jwksAllowHTTP = try fields.value(.jwksAllowHTTP, or: false)
        hmac = try fields.optional(.hmac)
        rsa = try fields.list(.rsa) ?? []
        ec = try fields.list(.ec) ?? []
        issuer = try fields.optional(.issuer)
        hmacFile = try fields.optional(.hmacFile)
        audience = try fields.texts(.audience)
        userClaim = try fields.value(.userClaim, or: "sub")
        rolesClaim = try fields.value(.rolesClaim, or: "roles")
        claims = try fields.optional(.claims)
        if let claims, claims != "centrifugo" {
            throw fields.mistake(.claims, "is \"\(claims)\"; write centrifugo, or remove the key")
        }
        guard jwks == nil || !hasKeys else {
            throw DecodingError.mistake(
                "has keys twice: give either jwks: FILE, or some of hmac, rsa and ec",
                at: decoder.codingPath
            )
        }
        try checkKeySet(fields)
        guard hmac == nil || hmacFile == nil else { throw fields.mistake(.hmacFile, "is there beside hmac; give one") }
    }

    /// Checks the kind of the key set's URL; the rest of it is checked where it is used.
    private func checkKeySet(_ fields: StrictSection<CodingKeys>) throws {
        guard let jwks, hasKeySetURL else {
            if jwksCA != nil { throw fields.mistake(.jwksCA, "applies only to jwks: https://…; remove it") }
            if jwksAllowHTTP { throw fields.mistake(.jwksAllowHTTP, "applies only to jwks: http://…; remove it") }
            return
        }
        // Without the rest of it, which may contain a password.
        let scheme = jwks.prefix { $0 != ":" }.lowercased()
        switch scheme {
        case "https": break
        case "http" where jwksAllowHTTP: break
        case "http":
            throw fields.mistake(
                .jwks,
                "begins with http://, and anyone on the way could replace the keys; write https://, or add "
                    + "jwks_allow_http: true in a network that you trust"
            )
        default:
            throw fields.mistake(.jwks, "begins with \(scheme)://; write https://, or the name of a file")
        }
    }

    /// Checks that there is a key, which the environment may have.
    func requireKeys() throws(PolicyError) {
        guard jwks == nil, !hasKeys else { return }
        throw PolicyError(
            "tokens.jwt needs keys: either jwks: FILE or https://…, or some of hmac, hmac_file, rsa and ec, or a "
                + "secret in CENTRIFUGO_PROXY_TOKENS_JWT_HMAC."
        )
    }
}
