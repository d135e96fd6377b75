#if JWT
#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif
import ProxyTokens

/// The parts of a signed token in compact form (RFC 7515 §7.1); none of it is trusted yet.
struct SignedToken {
    private struct Header: Decodable {
        let alg: String
        let kid: String?
        let crit: [String]?
    }

    let algorithm: String
    let keyID: String?
    let payload: [UInt8]
    let signature: [UInt8]
    /// The bytes that were signed.
    let signed: [UInt8]

    /// Splits a token into its parts; nil when it has another form.
    init?(_ text: String) {
        let parts = text.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard parts.count == 3,
            let head = Base64URL.decode(parts[0]),
            let payload = Base64URL.decode(parts[1]),
            let signature = Base64URL.decode(parts[2]),
            let header = try? JSONDecoder().decode(Header.self, from: Data(head)),
            // RFC 7515 §4.1.11: a token with an unknown critical extension must be refused.
            header.crit == nil
        else { return nil }
        algorithm = header.alg
        keyID = header.kid
        self.payload = payload
        self.signature = signature
        signed = [UInt8](text.utf8.prefix(parts[0].count + 1 + parts[1].count))
    }
}
#endif
