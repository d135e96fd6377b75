#if JWT && HTTPBridge
import HTTPUpstream

/// The URL of a key set: `https`, or `http` where that is allowed.
struct KeySetURL: Equatable {
    let text: String
    /// The URL without its query, which may contain a secret; for logs.
    let shown: String

    /// - Throws: ``JWTKeyError`` for anything else, without the URL.
    init(_ text: String, allowsPlainHTTP: Bool) throws(JWTKeyError) {
        let url: HTTPURL
        do throws(HTTPURLError) { url = try HTTPURL(text) } catch { throw Self.mistake(error.reason) }
        guard url.isEncrypted || allowsPlainHTTP else {
            throw Self.mistake("anyone on the way could replace the keys of http://; write https://")
        }
        self.text = text
        shown = url.shown
    }

    static func == (left: KeySetURL, right: KeySetURL) -> Bool { left.text.utf8.elementsEqual(right.text.utf8) }

    private static func mistake(_ reason: String) -> JWTKeyError {
        JWTKeyError("The URL of the key set cannot be used: \(reason).")
    }
}
#endif
