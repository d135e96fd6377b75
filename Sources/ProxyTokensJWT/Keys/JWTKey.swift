#if JWT
import JWTKit
import ProxyTokens

/// A key to check signed tokens with; its kind determines the algorithms.
///
/// The token never does: one that says `none`, or that uses a public key as a shared secret, matches no key.
public struct JWTKey: Sendable {
    enum Material: Sendable {
        case secret(HMACKey)
        case rsa(Insecure.RSA.PublicKey)
        case p256(ES256PublicKey)
        case p384(ES384PublicKey)
        case p521(ES512PublicKey)
        case ed25519(EdDSA.PublicKey)
    }

    /// The `kid` that a token must have, if it has one; nil for any.
    public let id: String?
    let material: Material
    /// What the key may be used for (RFC 7518 §3.1).
    let algorithms: Set<String>

    init(id: String?, material: Material, algorithms: Set<String>) {
        self.id = id
        self.material = material
        self.algorithms = algorithms
    }

    /// Makes a key from a secret that is shared with the issuer, for HS256, HS384 and HS512.
    ///
    /// - Parameters:
    ///   - secret: At least 32 random bytes; HS384 needs 48 of them and HS512 64 (RFC 7518 §3.2).
    ///   - id: The `kid` of its tokens.
    /// - Returns: The key.
    /// - Throws: ``JWTKeyError`` when the secret is too short, or is a public key in any usual form, with which anyone
    ///   who knows that key could sign. These forms are PEM, DER, a certificate, SSH's and JSON's (JWK); also in base64
    ///   and UTF-16.
    public static func hmac(_ secret: [UInt8], id: String? = nil) throws -> JWTKey {
        guard !PublicKeyForm.isKey(secret) else {
            throw JWTKeyError(
                "This is a key or a certificate for RSA or elliptic curves and not a shared secret, so that anyone who "
                    + "knows the public key could sign: use it with rsa or ec, and give hmac at least 32 random bytes."
            )
        }
        let algorithms = ["HS256": 32, "HS384": 48, "HS512": 64].filter { secret.count >= $0.value }.keys
        guard !algorithms.isEmpty else {
            throw JWTKeyError("A shared secret needs at least 32 bytes, and this one has \(secret.count).")
        }
        return JWTKey(id: id, material: .secret(HMACKey(from: secret)), algorithms: Set(algorithms))
    }

    /// Makes a key from an RSA public key, for RS256, RS384, RS512 and PS256, PS384, PS512.
    ///
    /// - Parameters:
    ///   - pem: A public key of at least 2048 bits, or a certificate with one, in PEM.
    ///   - id: The `kid` of its tokens.
    /// - Returns: The key.
    /// - Throws: ``JWTKeyError`` when it is something else.
    public static func rsa(pem: String, id: String? = nil) throws -> JWTKey {
        do {
            let key =
                pem.isCertificate
                ? try Insecure.RSA.PublicKey(certificatePEM: pem) : try Insecure.RSA.PublicKey(pem: pem)
            return JWTKey(id: id, material: .rsa(key), algorithms: Self.rsaAlgorithms)
        } catch {
            throw JWTKeyError("This PEM has no RSA public key of at least 2048 bits.")
        }
    }

    /// Makes a key from a public key on an elliptic curve, for the algorithm of its curve: ES256, ES384 or ES512.
    ///
    /// - Parameters:
    ///   - pem: A public key on P-256, P-384 or P-521, or a certificate with one, in PEM.
    ///   - id: The `kid` of its tokens.
    /// - Returns: The key.
    /// - Throws: ``JWTKeyError`` when it is something else.
    public static func ec(pem: String, id: String? = nil) throws -> JWTKey {
        if let key = try? pem.isCertificate ? ES256PublicKey(certificate: pem) : ES256PublicKey(pem: pem) {
            return JWTKey(id: id, material: .p256(key), algorithms: ["ES256"])
        }
        if let key = try? pem.isCertificate ? ES384PublicKey(certificate: pem) : ES384PublicKey(pem: pem) {
            return JWTKey(id: id, material: .p384(key), algorithms: ["ES384"])
        }
        if let key = try? pem.isCertificate ? ES512PublicKey(certificate: pem) : ES512PublicKey(pem: pem) {
            return JWTKey(id: id, material: .p521(key), algorithms: ["ES512"])
        }
        throw JWTKeyError("This PEM has no public key on P-256, P-384 or P-521.")
    }

    static let rsaAlgorithms: Set = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512"]
}

extension JWTKey: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// The name and the algorithms.
    public var description: String { "JWTKey(\(id ?? "no id"), \(algorithms.sorted().joined(separator: " ")))" }
    /// The description.
    public var debugDescription: String { description }
    /// Shows only the description.
    public var customMirror: Mirror { Mirror(self, children: ["description": description]) }
}

extension String {
    fileprivate var isCertificate: Bool { contains("-----BEGIN CERTIFICATE-----") }
}
#endif
