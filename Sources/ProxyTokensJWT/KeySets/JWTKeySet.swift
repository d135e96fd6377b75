#if JWT
#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif
import JWTKit
import Logging
import ProxyTokens

/// A set of keys as JSON (RFC 7517 §5).
enum JWTKeySet {
    /// A key that is ignored.
    struct Ignored: Sendable, Equatable {
        /// The key's `kid`, or its position; fit for a log.
        let name: String
        let reason: String
        /// Whether the key itself declares another purpose.
        let isForOtherUse: Bool

        /// Logs the key with the place where it is.
        func report(to logger: Logger, _ place: Logger.Metadata) {
            logger.log(
                // A set may also contain keys for encryption, about which nothing needs to be done.
                level: isForOtherUse ? .debug : .warning,
                "ignored a key of the key set",
                metadata: place.merging(["kid": "\(name)", "reason": "\(reason)"]) { $1 }
            )
        }
    }

    /// Whether others can read the set.
    enum Readers: Sendable {
        case us
        /// Then a shared secret in it is not one.
        case everybody
    }

    /// The most keys of a set.
    static let mostKeys = 256

    private struct Keys: Decodable {
        let keys: [Entry]
    }

    /// A key, or an invalid element in its place.
    private struct Entry: Decodable {
        private struct Name: Decodable {
            let kid: String?
        }

        let member: Member?
        let kid: String?

        init(from decoder: any Decoder) {
            member = try? Member(from: decoder)
            kid = member?.kid ?? (try? Name(from: decoder))?.kid
        }
    }

    /// The relevant members of a key (RFC 7517 §4, RFC 7518 §6).
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
                guard let x, let y else { throw IncompleteKeyError() }
                return (x, y)
            }
        }
    }

    /// The keys of a set that can check signatures, and the ignored ones (RFC 7517 §5): one unusable key must not make
    /// the others unusable.
    ///
    /// - Throws: ``JWTKeyError`` when no key can be used, or when there are more than ``mostKeys``.
    static func parse(
        _ json: [UInt8],
        readableBy readers: Readers = .us
    ) throws(JWTKeyError) -> (keys: [JWTKey], ignored: [Ignored]) {
        guard let set = try? JSONDecoder().decode(Keys.self, from: Data(json)) else {
            throw JWTKeyError("it is not JSON of the form {\"keys\": [{\"kty\": …}]}")
        }
        guard set.keys.count <= mostKeys else {
            throw JWTKeyError("it has \(set.keys.count) keys, and \(mostKeys) are the most")
        }
        var keys: [JWTKey] = []
        var ignored: [Ignored] = []
        for (number, entry) in set.keys.enumerated() {
            do throws(UnusableKeyError) {
                guard let member = entry.member else {
                    throw UnusableKeyError("it is not an object with a kty, or one of its members is not a text")
                }
                guard readers == .us || member.kty != "oct" else {
                    throw UnusableKeyError("it is a shared secret, and everybody can read it at the set's URL")
                }
                keys.append(try key(member))
            } catch {
                let name = entry.kid.map { "\(String($0.prefix(longestName)).debugDescription)" } ?? "key \(number + 1)"
                ignored.append(Ignored(name: name, reason: error.reason, isForOtherUse: error.isForOtherUse))
            }
        }
        guard !keys.isEmpty else {
            let reasons = ignored.prefix(3).map { "; \($0.name): \($0.reason)" }.joined()
            throw JWTKeyError("it has no key for signatures\(reasons)")
        }
        return (keys, ignored)
    }

    // A kid may be any text; a log gets only its beginning.
    private static let longestName = 100

    /// Why a key is ignored, without any of its content.
    private struct UnusableKeyError: Error {
        let reason: String
        var isForOtherUse = false

        init(_ reason: String, isForOtherUse: Bool = false) {
            self.reason = reason
            self.isForOtherUse = isForOtherUse
        }
    }

    private static func key(_ member: Member) throws(UnusableKeyError) -> JWTKey {
        guard member.use ?? "sig" == "sig" else { throw UnusableKeyError("its use is not sig", isForOtherUse: true) }
        let (material, algorithms): (JWTKey.Material, Set<String>)
        do {
            guard let known = try self.material(member) else {
                throw UnusableKeyError("its kty or crv is unknown")
            }
            (material, algorithms) = known
        } catch let error as UnusableKeyError {
            throw error
        } catch let error as JWTKeyError {
            throw UnusableKeyError(error.message)
        } catch {
            throw UnusableKeyError("its content does not match its kty")
        }
        guard let algorithm = member.alg else {
            return JWTKey(id: member.kid, material: material, algorithms: algorithms)
        }
        // A key for another purpose, such as RSA-OAEP, or a contradiction, which must not be resolved by guessing.
        guard algorithms.contains(algorithm) else {
            throw UnusableKeyError("its alg is not a signature algorithm for such a key", isForOtherUse: true)
        }
        return JWTKey(id: member.kid, material: material, algorithms: [algorithm])
    }

    private static func material(_ member: Member) throws -> (JWTKey.Material, Set<String>)? {
        switch (member.kty, member.crv) {
        case ("RSA", _):
            guard let modulus = member.n, let exponent = member.e else { throw IncompleteKeyError() }
            let key = try Insecure.RSA.PublicKey(modulus: modulus, exponent: exponent)
            return (.rsa(key), JWTKey.rsaAlgorithms)
        case ("EC", "P-256"): return (.p256(try ES256PublicKey(parameters: member.point)), ["ES256"])
        case ("EC", "P-384"): return (.p384(try ES384PublicKey(parameters: member.point)), ["ES384"])
        case ("EC", "P-521"): return (.p521(try ES512PublicKey(parameters: member.point)), ["ES512"])
        case ("OKP", "Ed25519"):
            guard let x = member.x else { throw IncompleteKeyError() }
            return (.ed25519(try EdDSA.PublicKey(x: x, curve: .ed25519)), ["EdDSA"])
        case ("oct", _):
            guard let secret = member.k.flatMap({ Base64URL.decode($0.utf8) }) else { throw IncompleteKeyError() }
            let key = try JWTKey.hmac(secret)
            return (key.material, key.algorithms)
        default: return nil
        }
    }

    private struct IncompleteKeyError: Error {}
}
#endif
