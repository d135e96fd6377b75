#if JWT && HTTPBridge
#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The URL of a key set: `https`, or `http` where that is allowed.
struct KeySetURL: Equatable {
    let text: String
    /// The URL without its query, which may contain a secret; for logs.
    let shown: String

    /// - Throws: ``JWTKeyError`` for anything else, without the URL.
    init(_ text: String, allowsPlainHTTP: Bool) throws(JWTKeyError) {
        // RFC 3986 §2: everything else has to be encoded.
        guard text.utf8.allSatisfy({ 0x21...0x7E ~= $0 }), var parts = URLComponents(string: text),
            let scheme = parts.scheme?.lowercased(), ["http", "https"].contains(scheme), parts.host?.isEmpty == false
        else { throw Self.mistake("write https://, a host and a path, with special characters encoded") }
        guard scheme == "https" || allowsPlainHTTP else {
            throw Self.mistake("anyone on the way could replace the keys of http://; write https://")
        }
        guard parts.user == nil, parts.password == nil else {
            throw Self.mistake("it has a user or password, which are not sent; remove them")
        }
        guard parts.fragment == nil else { throw Self.mistake("it has a fragment; remove the # and what follows") }
        guard parts.port.map({ 1...65_535 ~= $0 }) ?? true else { throw Self.mistake("its port is not a port") }
        self.text = text
        parts.query = nil
        shown = parts.string ?? scheme
    }

    static func == (left: KeySetURL, right: KeySetURL) -> Bool { left.text.utf8.elementsEqual(right.text.utf8) }

    private static func mistake(_ reason: String) -> JWTKeyError {
        JWTKeyError("The URL of the key set cannot be used: \(reason).")
    }
}
#endif
