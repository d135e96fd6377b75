#if HTTPBridge
/// The HTTP methods that clients can use.
enum HTTPVerb: String, CaseIterable {
    case get = "GET"
    case head = "HEAD"
    case post = "POST"
    case put = "PUT"
    case patch = "PATCH"
    case delete = "DELETE"

    /// Reads a verb in upper or lower case, since Spiral's applications accept both.
    init?(_ text: some Collection<UInt8>) {
        // Only ASCII: other letters have the same capitals.
        guard text.allSatisfy(\.isLetterOrDigit) else { return nil }
        self.init(rawValue: String(decoding: text, as: UTF8.self).uppercased())
    }

    /// Whether the payload is sent as the body; otherwise it goes into the query.
    var takesBody: Bool {
        switch self {
        case .get, .head: false
        case .post, .put, .patch, .delete: true
        }
    }
}
#endif
