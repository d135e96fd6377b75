#if JWT
#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The usual forms of public keys, to tell them from a shared secret.
///
/// A verifier with a public key as its secret would accept what anyone signs with that key's text. The file could have
/// had any usual form, so all of them are recognized; random bytes have none of them.
enum PublicKeyForm {
    /// Whether bytes are a key of a pair or a certificate: unencoded, in base64, and either of them in UTF-16.
    static func isKey(_ bytes: [UInt8]) -> Bool {
        if isPlainKey(bytes[...]) { return true }
        guard let decoded = decodedText(bytes) else { return false }
        return isPlainKey(decoded[...])
    }

    private static func isPlainKey(_ bytes: ArraySlice<UInt8>) -> Bool {
        let trimmed = bytes.trimmingSpaces
        return hasMarker(bytes) || isSSHLine(trimmed) || isSSHKey(trimmed)
            || DERKeyForm.isKey(bytes.drop(while: \.isSpace))
    }

    /// Whether the text contains the mark of a key: PEM has a line of it, anywhere, and each JWK has a `kty`.
    ///
    /// Ignores zero bytes, of which UTF-16 has one beside each ASCII character.
    private static func hasMarker(_ bytes: ArraySlice<UInt8>) -> Bool {
        let text = bytes.contains(0) ? bytes.filter { $0 != 0 }[...] : bytes
        // RFC 7468 §2; RFC 4716 §3.2 has four hyphens and a space; RFC 7517 §4.1.
        return ["-----BEGIN ", "---- BEGIN ", "\"kty\""].contains { text.firstRange(of: Array($0.utf8)) != nil }
    }

    /// A line of authorized_keys or known_hosts (sshd(8)): an algorithm's name, and base64 that begins with its length.
    private static func isSSHLine(_ text: ArraySlice<UInt8>) -> Bool {
        let words = text.split { $0.isSpace }
        return zip(words, words.dropFirst()).contains { name, key in
            sshNames.contains { name.starts(with: $0.utf8) } && key.starts(with: "AAAA".utf8)
        }
    }

    /// Whether decoded base64 begins like an SSH key: with a length and an algorithm's name (RFC 4253 §6.6).
    private static func isSSHKey(_ bytes: ArraySlice<UInt8>) -> Bool {
        bytes.starts(with: [0, 0, 0]) && sshNames.contains { bytes.dropFirst(4).starts(with: $0.utf8) }
    }

    private static let sshNames = ["ssh-", "ecdsa-sha2-", "sk-ssh-", "sk-ecdsa-"]

    /// Decodes lines of base64 or base64url; nil for any other text.
    private static func decodedText(_ bytes: [UInt8]) -> [UInt8]? {
        var text = bytes.filter { !$0.isSpace && $0 != 0 }
        if text.starts(with: [0xFF, 0xFE]) || text.starts(with: [0xFE, 0xFF]) { text.removeFirst(2) }
        if text.starts(with: [0xEF, 0xBB, 0xBF]) { text.removeFirst(3) }
        text = text.map {
            $0 == UInt8(ascii: "-") ? UInt8(ascii: "+") : $0 == UInt8(ascii: "_") ? UInt8(ascii: "/") : $0
        }
        while text.last == UInt8(ascii: "=") { text.removeLast() }
        text += Array(repeating: UInt8(ascii: "="), count: (4 - text.count % 4) % 4)
        return Data(base64Encoded: Data(text)).map { [UInt8]($0) }
    }
}

extension UInt8 {
    var isSpace: Bool { self == 0x20 || 0x09...0x0D ~= self }
}

extension ArraySlice<UInt8> {
    /// The bytes without leading and trailing spaces, and without a byte order mark.
    fileprivate var trimmingSpaces: ArraySlice<UInt8> {
        var rest = self
        if rest.starts(with: [0xEF, 0xBB, 0xBF]) { rest = rest.dropFirst(3) }
        rest = rest.drop { $0.isSpace }
        while let last = rest.last, last.isSpace { rest = rest.dropLast() }
        return rest
    }
}
#endif
