#if HTTPBridge
#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The URL of one thing on an HTTP server, such as `https://host:8443/path?query`.
package struct HTTPURL: Sendable {
    /// The URL as it was written.
    package let text: String
    /// The URL without its query, which may contain a secret; for logs.
    package let shown: String
    /// Whether the connection is encrypted: `https`.
    package let isEncrypted: Bool

    /// Checks a URL.
    ///
    /// - Throws: ``HTTPURLError`` when nothing can be asked of it, with the reason and without the URL.
    package init(_ text: String) throws(HTTPURLError) {
        // RFC 3986 §2: everything else has to be encoded.
        guard text.utf8.allSatisfy({ 0x21...0x7E ~= $0 }), var parts = URLComponents(string: text),
            let scheme = parts.scheme?.lowercased(), ["http", "https"].contains(scheme), parts.host?.isEmpty == false
        else { throw HTTPURLError("write https://, a host and a path, with special characters encoded") }
        guard parts.user == nil, parts.password == nil else {
            throw HTTPURLError("it has a user or password, which are not sent; remove them")
        }
        guard parts.fragment == nil else { throw HTTPURLError("it has a fragment; remove the # and what follows") }
        guard parts.port.map({ 1...65_535 ~= $0 }) ?? true else { throw HTTPURLError("its port is not a port") }
        self.text = text
        isEncrypted = scheme == "https"
        parts.query = nil
        shown = parts.string ?? scheme
    }
}

/// Why a URL cannot be used: the end of a sentence, without the URL, which may contain a secret.
package struct HTTPURLError: Error {
    /// The reason.
    package let reason: String

    init(_ reason: String) {
        self.reason = reason
    }
}
#endif
