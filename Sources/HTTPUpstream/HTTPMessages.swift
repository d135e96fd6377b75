#if HTTPBridge
/// A request to an HTTP server.
package struct HTTPRequest: Sendable {
    /// The method, such as `GET`.
    package let method: String
    /// The absolute URL.
    package let url: String
    /// The headers, in the order in which they are sent.
    package let headers: [(String, String)]
    /// The body; nil without one, which differs from an empty one.
    package let body: [UInt8]?

    /// Makes a request.
    package init(method: String, url: String, headers: [(String, String)] = [], body: [UInt8]? = nil) {
        self.method = method
        self.url = url
        self.headers = headers
        self.body = body
    }
}

/// The whole answer of an HTTP server.
package struct HTTPAnswer: Sendable {
    /// The status code.
    package let status: UInt
    /// The body, as it was sent.
    package let body: [UInt8]
    private let headers: [(name: String, value: String)]

    init(status: UInt, headers: [(name: String, value: String)], body: [UInt8]) {
        self.status = status
        self.headers = headers
        self.body = body
    }

    /// The values of a header, by its name in lower case.
    package func values(of name: String) -> [String] {
        headers.filter { $0.name.lowercased() == name }.map(\.value)
    }
}

/// Why there is no answer.
package enum HTTPUpstreamError: Error, Equatable {
    /// No complete answer arrived; the text says why, without any part of the request.
    case unavailable(String)
    /// The answer is larger than the limit, in bytes.
    case answerTooLarge(limit: Int)
    /// The file has no certificate of a CA.
    case unusableAuthorities(String)
}
#endif
