#if HTTPBridge
/// The target of a client's method: `get:users/1`, `post:news/store`, `get:users?page=2`.
struct UpstreamTarget: Equatable {
    let verb: HTTPVerb
    let path: UpstreamPath
    /// The text after the path's `?`, encoded.
    let query: String?

    /// Splits a method at its first colon and first question mark; nil when it is malformed, or leaves the base URL.
    init?(method: String) {
        let bytes = Array(method.utf8)
        guard let colon = bytes.firstIndex(of: UInt8(ascii: ":")), let verb = HTTPVerb(bytes[..<colon]) else {
            return nil
        }
        let rest = bytes[(colon + 1)...]
        let questionMark = rest.firstIndex(of: UInt8(ascii: "?"))
        guard let path = UpstreamPath(rest[..<(questionMark ?? rest.endIndex)]) else { return nil }
        self.verb = verb
        self.path = path
        if let questionMark {
            guard let query = URLText.query(rest[(questionMark + 1)...]) else { return nil }
            self.query = query
        } else {
            query = nil
        }
    }
}
#endif
