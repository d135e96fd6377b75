#if Tokens
import Crypto

/// The SHA-256 digest of a token's clear text: what a storage keeps in place of it, and looks tokens up by.
///
/// A token has 256 random bits, so a plain digest cannot be undone by guessing; no salt, so that it can be looked up.
public struct TokenDigest: Sendable, Hashable {
    /// The 32 bytes.
    public let bytes: [UInt8]

    /// Makes the digest of a secret.
    public init(_ secret: TokenSecret) {
        bytes = [UInt8](SHA256.hash(data: [UInt8](secret.text.utf8)))
    }

    /// The name of the token where it may be seen: in lists, in logs and in a connection's `meta`.
    ///
    /// The first half of the digest's own digest, as 22 characters of base64url: it tells apart as many tokens as there
    /// may be, and neither the token nor its digest can be found from it.
    public var reference: String {
        Base64URL.encode([UInt8](SHA256.hash(data: bytes)).prefix(16))
    }

    /// Whether a text may be the reference of some digest.
    package static func isReference(_ text: String) -> Bool {
        text.utf8.count == 22 && Base64URL.decode(text.utf8) != nil
    }
}

extension TokenDigest: CustomStringConvertible {
    /// The reference, which says no more than may be seen.
    public var description: String { "TokenDigest(of \(reference))" }
}
#endif
