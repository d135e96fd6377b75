/// How the messages of one direction of a call are encoded (gRPC over HTTP/2: Message-Encoding).
package enum MessageEncoding: Sendable, Hashable {
    case identity
    case gzip

    /// The value of `grpc-accept-encoding`: every encoding this server reads.
    package static let accepted = "identity,gzip"
}
