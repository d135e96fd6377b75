#if JWT
#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif
import ProxyTokens

/// The reference of a signed token, with the content that later calls need, since no storage keeps such tokens.
///
/// It is trusted, since it comes from Centrifugo, and it is not signed.
struct JWTReference: Codable {
    let user: String
    let roles: [String]
    /// In unix seconds; nil for never.
    let exp: Int64?

    /// The reference of a token, as JSON.
    static func text(user: String, roles: [String], expireAt: Int64?) throws -> String {
        try TokenText.encode(JWTReference(user: user, roles: roles, exp: expireAt))
    }

    /// The token of a reference; nil when it is something else.
    static func token(_ text: String) -> Token? {
        guard let reference = try? JSONDecoder().decode(JWTReference.self, from: Data(text.utf8)) else { return nil }
        return Token(reference: text, user: reference.user, roles: reference.roles, expireAt: reference.exp)
    }
}
#endif
