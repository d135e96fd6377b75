#if HTTPBridge
/// The HTTP methods that clients can ask for.
enum HTTPVerb: String, CaseIterable {
    case get = "GET"
    case head = "HEAD"
    case post = "POST"
    case put = "PUT"
    case patch = "PATCH"
    case delete = "DELETE"

    /// Reads a verb in any case, since Spiral's applications take any.
    init?(_ text: some Collection<UInt8>) {
        // Of ASCII only: there are other letters whose capitals these are.
        guard text.allSatisfy(\.isLetterOrDigit) else { return nil }
        self.init(rawValue: String(decoding: text, as: UTF8.self).uppercased())
    }

    /// Whether a payload travels as the body; otherwise it goes into the query.
    var takesBody: Bool {
        switch self {
        case .get, .head: false
        case .post, .put, .patch, .delete: true
        }
    }
}
#endif
