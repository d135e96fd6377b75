#if Tokens
import Crypto

/// The SHA-256 digest of a token's clear text: a storage keeps it in place of the text, and finds tokens by it.
///
/// A token has 256 random bits, so a plain digest cannot be reversed by guessing; a salt would prevent lookups.
public struct TokenDigest: Sendable, Hashable {
    /// The 32 bytes.
    public let bytes: [UInt8]

    /// Makes the digest of a secret.
    public init(_ secret: TokenSecret) {
        bytes = [UInt8](SHA256.hash(data: [UInt8](secret.text.utf8)))
    }

    /// The token's public name, for lists, logs and a connection's `meta`.
    ///
    /// The first half of the digest's own digest, as 22 characters of base64url: long enough to be unique, and neither
    /// the token nor its digest can be derived from it.
    public var reference: String {
        Base64URL.encode([UInt8](SHA256.hash(data: bytes)).prefix(16))
    }

    /// Whether a text has the form of a reference.
    package static func isReference(_ text: String) -> Bool {
        text.utf8.count == 22 && Base64URL.decode(text.utf8) != nil
    }
}

extension TokenDigest: CustomStringConvertible {
    /// The reference, which may be public.
    public var description: String { "TokenDigest(of \(reference))" }
}
#endif
