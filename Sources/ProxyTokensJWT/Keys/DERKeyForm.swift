#if JWT
/// Recognizes keys and certificates by the outermost structure of their DER (X.690): matching tags and lengths.
enum DERKeyForm {
    private static let integer: UInt8 = 0x02
    private static let bitString: UInt8 = 0x03
    private static let octetString: UInt8 = 0x04
    private static let identifier: UInt8 = 0x06
    private static let sequence: UInt8 = 0x30
    private static let content: UInt8 = 0xA0
    private static let pkcs7: [UInt8] = [0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x07]

    private struct Element {
        let tag: UInt8
        let body: ArraySlice<UInt8>
    }

    /// Whether bytes are a public key, a certificate, a request for one, or a private key, followed by spaces at most.
    static func isKey(_ bytes: ArraySlice<UInt8>) -> Bool {
        var rest = bytes
        guard let whole = element(&rest), whole.tag == sequence, rest.allSatisfy(\.isSpace),
            let parts = elements(of: whole.body), parts.count >= 2
        else { return false }
        switch parts.map(\.tag) {
        // RFC 5280 §4.1: SubjectPublicKeyInfo.
        case [sequence, bitString]: return isAlgorithm(parts[0])
        // RFC 5280 §4.1: Certificate; RFC 2986 §4.2: CertificationRequest.
        case [sequence, sequence, bitString]: return isAlgorithm(parts[1])
        // RFC 5652 §3: ContentInfo, which may contain certificates; its types are those of PKCS #7.
        case [identifier, content]: return parts[0].body.starts(with: pkcs7)
        // RFC 8017 §A.1.1: RSAPublicKey, whose modulus has at least 512 bits.
        case [integer, integer]: return parts[0].body.count >= 64
        // Private keys, after their version: RFC 8017 §A.1.2, RFC 5915 §3 and RFC 5958 §2.
        case let tags where tags[0] == integer && parts[0].body.count == 1:
            return tags[1] == octetString || tags[1] == sequence && isAlgorithm(parts[1])
                || tags[1] == integer && parts[1].body.count >= 64
        default: return false
        }
    }

    /// Whether an element is an AlgorithmIdentifier: it begins with an object identifier.
    private static func isAlgorithm(_ element: Element) -> Bool {
        elements(of: element.body)?.first.map { $0.tag == identifier && !$0.body.isEmpty } == true
    }

    /// The elements that make up the bytes, up to the last one; nil when the bytes have another form.
    private static func elements(of bytes: ArraySlice<UInt8>) -> [Element]? {
        var elements: [Element] = []
        var rest = bytes
        while !rest.isEmpty {
            guard let element = element(&rest) else { return nil }
            elements.append(element)
        }
        return elements
    }

    /// Reads an element.
    private static func element(_ rest: inout ArraySlice<UInt8>) -> Element? {
        guard let tag = rest.popFirst(), let length = length(&rest), length <= rest.count else { return nil }
        defer { rest = rest.dropFirst(length) }
        return Element(tag: tag, body: rest.prefix(length))
    }

    /// Reads a length (X.690 §8.1.3), which DER always gives in advance.
    private static func length(_ rest: inout ArraySlice<UInt8>) -> Int? {
        guard let first = rest.popFirst() else { return nil }
        guard first >= 0x80 else { return Int(first) }
        let count = Int(first & 0x7F)
        guard 1...3 ~= count, rest.count >= count else { return nil }
        defer { rest = rest.dropFirst(count) }
        return rest.prefix(count).reduce(0) { $0 << 8 | Int($1) }
    }
}
#endif
