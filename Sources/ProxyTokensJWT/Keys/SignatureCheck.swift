#if JWT
import JWTKit

/// A key with a signature check for each of its algorithms.
struct SignatureCheck: Sendable {
    let id: String?
    private let algorithms: [String: any JWTAlgorithm]

    init(_ key: JWTKey) async throws {
        var algorithms: [String: any JWTAlgorithm] = [:]
        for name in key.algorithms { algorithms[name] = try await Self.algorithm(name, key.material) }
        id = key.id
        self.algorithms = algorithms
    }

    func serves(_ algorithm: String) -> Bool {
        algorithms[algorithm] != nil
    }

    /// Whether the key made a signature, by an algorithm.
    func accepts(_ signature: [UInt8], of signed: [UInt8], by algorithm: String) -> Bool {
        // A signature of the wrong size or form throws.
        (try? algorithms[algorithm]?.verify(signature, signs: signed)) == true
    }

    // JWTKit provides its algorithms only through a collection of keys.
    private static func algorithm(_ name: String, _ material: JWTKey.Material) async throws -> any JWTAlgorithm {
        let keys = JWTKeyCollection()
        let digest: DigestAlgorithm = name.hasSuffix("256") ? .sha256 : name.hasSuffix("384") ? .sha384 : .sha512
        switch material {
        case .secret(let key): await keys.add(hmac: key, digestAlgorithm: digest)
        case .rsa(let key) where name.hasPrefix("PS"): await keys.add(pss: key, digestAlgorithm: digest)
        case .rsa(let key): await keys.add(rsa: key, digestAlgorithm: digest)
        case .p256(let key): await keys.add(ecdsa: key)
        case .p384(let key): await keys.add(ecdsa: key)
        case .p521(let key): await keys.add(ecdsa: key)
        case .ed25519(let key): await keys.add(eddsa: key)
        }
        return try await keys.getKey()
    }
}
#endif
