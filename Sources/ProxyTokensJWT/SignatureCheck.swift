#if JWT
import JWTKit

/// A key with what checks signatures by it, one for each algorithm that it may be used for.
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

    /// Whether a signature is the key's, by an algorithm.
    func accepts(_ signature: [UInt8], of signed: [UInt8], by algorithm: String) -> Bool {
        // What throws is a signature of the wrong size or form.
        (try? algorithms[algorithm]?.verify(signature, signs: signed)) == true
    }

    // JWTKit hands its algorithms out only from a collection of keys.
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
