#if JWT
#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The forms that public keys are handed around in, to tell them from a shared secret.
///
/// A verifier that is given a public key for a secret accepts what anybody signs by that key's text. It cannot be known
/// which file it was, so every usual form is recognized; random bytes have none of them.
enum PublicKeyForm {
    /// Whether bytes are a key of a pair or a certificate: as they are, as base64, or both in UTF-16.
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

    /// What a text has in it that is or holds a key: PEM has a line of it, wherever it is, and each JWK has a `kty`.
    ///
    /// Without zero bytes, of which UTF-16 has one beside each character.
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

    /// What that base64 stands for: the name behind its length (RFC 4253 §6.6).
    private static func isSSHKey(_ bytes: ArraySlice<UInt8>) -> Bool {
        bytes.starts(with: [0, 0, 0]) && sshNames.contains { bytes.dropFirst(4).starts(with: $0.utf8) }
    }

    private static let sshNames = ["ssh-", "ecdsa-sha2-", "sk-ssh-", "sk-ecdsa-"]

    /// What base64 or base64url in lines stands for; nil for another text.
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
    /// The bytes without spaces at the ends, and without a byte order mark before.
    fileprivate var trimmingSpaces: ArraySlice<UInt8> {
        var rest = self
        if rest.starts(with: [0xEF, 0xBB, 0xBF]) { rest = rest.dropFirst(3) }
        rest = rest.drop { $0.isSpace }
        while let last = rest.last, last.isSpace { rest = rest.dropLast() }
        return rest
    }
}
#endif
