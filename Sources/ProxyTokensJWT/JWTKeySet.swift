#if JWT
#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif
import JWTKit
import ProxyTokens

/// A set of keys as JSON (RFC 7517 §5).
enum JWTKeySet {
    private struct Keys: Decodable {
        let keys: [Member]
    }

    /// What counts of a key (RFC 7517 §4, RFC 7518 §6).
    ///
    /// Of a private key, only the public half is read.
    private struct Member: Decodable {
        let kty: String
        let use: String?
        let alg: String?
        let kid: String?
        let crv: String?
        let n: String?
        let e: String?
        let x: String?
        let y: String?
        let k: String?

        /// The key's point on its curve.
        var point: (x: String, y: String) {
            get throws {
                guard let x, let y else { throw IncompleteKey() }
                return (x, y)
            }
        }
    }

    /// The keys of a set that can check signatures.
    ///
    /// - Throws: ``JWTKeyError`` when there are none, or one is not what it says.
    static func parse(_ json: [UInt8]) throws -> [JWTKey] {
        guard let set = try? JSONDecoder().decode(Keys.self, from: Data(json)) else {
            throw JWTKeyError("it is no JSON of the form {\"keys\": [{\"kty\": …}]}")
        }
        // RFC 7517 §5: kinds that one does not know are passed over.
        let keys = try set.keys.enumerated().compactMap { number, member in
            do {
                return try key(member)
            } catch let error as JWTKeyError {
                throw error
            } catch {
                throw JWTKeyError("key \(number + 1), '\(member.kid ?? "without a kid")', is not what its kty says")
            }
        }
        guard !keys.isEmpty else { throw JWTKeyError("it has no key that checks signatures") }
        return keys
    }

    private static func key(_ member: Member) throws -> JWTKey? {
        guard member.use ?? "sig" == "sig", let (material, algorithms) = try material(member) else { return nil }
        guard let algorithm = member.alg else {
            return JWTKey(id: member.kid, material: material, algorithms: algorithms)
        }
        // A key for something else, such as RSA-OAEP, or a contradiction, which must not be guessed about.
        guard algorithms.contains(algorithm) else { return nil }
        return JWTKey(id: member.kid, material: material, algorithms: [algorithm])
    }

    private static func material(_ member: Member) throws -> (JWTKey.Material, Set<String>)? {
        switch (member.kty, member.crv) {
        case ("RSA", _):
            guard let modulus = member.n, let exponent = member.e else { throw IncompleteKey() }
            let key = try Insecure.RSA.PublicKey(modulus: modulus, exponent: exponent)
            return (.rsa(key), JWTKey.rsaAlgorithms)
        case ("EC", "P-256"): return (.p256(try ES256PublicKey(parameters: member.point)), ["ES256"])
        case ("EC", "P-384"): return (.p384(try ES384PublicKey(parameters: member.point)), ["ES384"])
        case ("EC", "P-521"): return (.p521(try ES512PublicKey(parameters: member.point)), ["ES512"])
        case ("OKP", "Ed25519"):
            guard let x = member.x else { throw IncompleteKey() }
            return (.ed25519(try EdDSA.PublicKey(x: x, curve: .ed25519)), ["EdDSA"])
        case ("oct", _):
            guard let secret = member.k.flatMap({ Base64URL.decode($0.utf8) }) else { throw IncompleteKey() }
            let key = try JWTKey.hmac(secret)
            return (key.material, key.algorithms)
        default: return nil
        }
    }

    private struct IncompleteKey: Error {}
}
#endif
