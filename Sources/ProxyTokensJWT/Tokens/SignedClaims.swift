#if JWT
import CentrifugoProxy
import ProxyTokens

/// The claims of a signed token (RFC 7519 §4.1) that are used here.
struct SignedClaims: Decodable {
    let subject: String?
    let issuer: String?
    let audience: [String]?
    /// In unix seconds.
    let expiration: Int64?
    let notBefore: Int64?
    let issuedAt: Int64?
    /// The claims whose values are texts or lists of texts, by their names.
    ///
    /// Of names that Swift considers equal, the decoder keeps the first with its value. So a name that only looks like
    /// the right one is never found, and can at most hide the right one.
    private let lists: [ExactText: [String]]
    private let texts: [ExactText: String]

    init(from decoder: any Decoder) throws {
        let object = try decoder.container(keyedBy: AnyCodingKey.self)
        // A claim with an invalid value is not treated as missing: it makes the token invalid.
        func time(_ name: String) throws -> Int64? {
            // RFC 7519 §2: a number, perhaps with a fraction.
            try object.decodeIfPresent(Double.self, forKey: AnyCodingKey(stringValue: name)).map(Self.seconds)
        }
        var lists: [ExactText: [String]] = [:]
        var texts: [ExactText: String] = [:]
        for key in object.allKeys {
            if let text = try? object.decode(String.self, forKey: key) {
                texts[ExactText(key.stringValue)] = text
            } else if let list = try? object.decode([String].self, forKey: key) {
                lists[ExactText(key.stringValue)] = list
            }
        }
        subject = try object.decodeIfPresent(String.self, forKey: AnyCodingKey(stringValue: "sub"))
        issuer = try object.decodeIfPresent(String.self, forKey: AnyCodingKey(stringValue: "iss"))
        audience = texts[ExactText("aud")].map { [$0] } ?? lists[ExactText("aud")]
        expiration = try time("exp")
        notBefore = try time("nbf")
        issuedAt = try time("iat")
        self.lists = lists
        self.texts = texts
    }

    /// The text of a claim; nil without one, and for any other value.
    func text(_ name: String) -> String? { texts[ExactText(name)] }

    /// The list of a claim; a text is split into its words, as in `scope` (RFC 8693 §4.2).
    func list(_ name: String) -> [String] {
        lists[ExactText(name)] ?? texts[ExactText(name)]?.split(separator: " ").map(String.init) ?? []
    }

    private static func seconds(_ time: Double) -> Int64 {
        Int64(exactly: time.rounded(.down)) ?? (time < 0 ? .min : .max)
    }
}
#endif
