import Foundation

/// The token of a command: a JWT, or its claims with the key to sign them.
struct ConnectionToken {
    /// The result of Centrifugo's check.
    enum Verdict {
        case valid(user: String)
        case expired
        case refused(String)
        /// No key is set with which it could be checked.
        case unverifiable(ClientAnswer, String)
    }

    private let claims: ConfigurationValue?
    /// The key of HS256, if it is known.
    private let key: String?
    /// The signature's algorithm, such as `HS256`.
    private let algorithm: String

    /// nil for a missing or an empty token, which are treated alike.
    init?(_ value: ConfigurationValue?) {
        switch value {
        case .text(let text) where !text.isEmpty:
            let parts = text.split(separator: ".", omittingEmptySubsequences: false)
            claims = parts.count == 3 ? Self.part(parts[1]) : nil
            algorithm = parts.count == 3 ? Self.part(parts[0])?["alg"]?.text ?? "" : ""
            key = nil
        case .object(let members):
            claims = members["claims"] ?? .object([:])
            key = members["key"]?.text ?? ""
            algorithm = "HS256"
        default: return nil
        }
    }

    /// Decodes a part of a JWT: an object in base64 for URLs.
    private static func part(_ text: Substring) -> ConfigurationValue? {
        var base64 = String(text).replacing("-", with: "+").replacing("_", with: "/")
        while base64.count % 4 != 0 { base64 += "=" }
        return Data(base64Encoded: base64).flatMap { try? ConfigurationValue(json: Array($0)) }
    }

    /// Whether the signature was not checked here.
    var isUnchecked: Bool { key == nil }

    var channel: String? { claims?["channel"]?.text }

    /// The channels that a connection token subscribes to.
    var channels: [String] {
        (claims?["channels"]?.elements ?? []).compactMap(\.text) + Array((claims?["subs"]?.members ?? [:]).keys)
    }

    /// Checks the token; the signature of a JWT without its key is assumed to be right.
    ///
    /// - Parameters:
    ///   - options: The section with the keys.
    ///   - configuration: The whole configuration.
    ///   - noKey: The client's answer when no key fits.
    /// - Returns: The result of Centrifugo's check.
    func verdict(
        keys options: ConfigurationValue?,
        _ configuration: CentrifugoConfiguration,
        noKey: ClientAnswer
    ) -> Verdict {
        guard let claims else { return .refused("The token is not a JWT.") }
        if !configuration.isOn("client.insecure_skip_token_signature_verify") {
            let secrets = ["hmac_secret_key", "hmac_previous_secret_key"].compactMap { options?[$0]?.text }
            let hasOther = ["rsa_public_key", "ecdsa_public_key", "jwks_public_endpoint"].contains {
                options?[$0] != nil
            }
            guard !secrets.isEmpty || hasOther else {
                return .unverifiable(noKey, "Centrifugo has no key to check the token by.")
            }
            if let key, !secrets.contains(key) {
                return .unverifiable(noKey, "The token is signed with a key that Centrifugo does not have.")
            }
        }
        let claimed = options?["user_id_claim"]?.text ?? "sub"
        for (option, claim) in [("audience", "aud"), ("issuer", "iss")] {
            guard let wanted = options?[option]?.text else { continue }
            let given = claims[claim]?.elements.compactMap(\.text) ?? []
            guard (given + [claims[claim]?.text].compactMap { $0 }).contains(wanted) else {
                return .refused("The token's \(claim) is not \(wanted).")
            }
        }
        guard !isExpired(claims["exp"]) else { return .expired }
        return .valid(user: claims[claimed]?.scalarText ?? "")
    }

    /// Whether a time has passed: unix seconds, or a text such as `+5` for 5 s from now.
    private func isExpired(_ value: ConfigurationValue?) -> Bool {
        switch value {
        case .integer(let seconds): Double(seconds) < Date().timeIntervalSince1970
        case .number(let seconds): seconds < Date().timeIntervalSince1970
        case .text(let text): text.hasPrefix("-")
        default: false
        }
    }
}
