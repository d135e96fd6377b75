/// The answer to a request whose head already fails a check.
package enum RejectionError: Error, Sendable, Hashable {
    /// Not a gRPC request: an HTTP response with this status and plain text.
    ///
    /// A response with status 405 names the methods allowed, `allow: POST` (RFC 9110 §15.5.6).
    case http(status: Int, body: String)
    /// Trailers-Only with this status, and with the list of encodings the server reads when `acceptEncoding` is set.
    case status(GRPCStatus, acceptEncoding: Bool)
}
