/// The answer to a request that fails a check of its headers.
package enum RejectionError: Error, Sendable, Hashable {
    /// Not a gRPC request: an HTTP response with this status and plain text.
    ///
    /// A response with status 405 names the allowed methods, `allow: POST` (RFC 9110 §15.5.6).
    case http(status: Int, body: String)
    /// Trailers-Only with this status, and with the encodings that the server reads if `acceptEncoding` is true.
    case status(GRPCStatus, acceptEncoding: Bool)
}
