package import GRPCCall
package import HTTP2Framing

/// A call's request as gRPC over HTTP/2 has it.
package enum CallRequest {
    /// The header list.
    ///
    /// - Parameters:
    ///   - path: The service and the method, such as `/package.Service/Method`.
    ///   - scheme: `http` or `https`.
    ///   - authority: The server's host and port.
    ///   - userAgent: The name of the client.
    ///   - timeout: The time that the call has, in nanoseconds; nil for a call without a deadline.
    ///   - metadata: Names and values beside those of gRPC itself.
    /// - Returns: The list, pseudo-headers first.
    package static func headers(
        path: String,
        scheme: String,
        authority: String,
        userAgent: String,
        timeout: UInt64? = nil,
        metadata: Metadata = Metadata()
    ) -> HeaderFields {
        var fields: [(name: String, value: String)] = [
            (":scheme", scheme), (":path", path), (":authority", authority), ("te", "trailers"),
            ("content-type", "application/grpc"), ("user-agent", userAgent), ("grpc-accept-encoding", "identity"),
        ]
        if let timeout { fields.append(("grpc-timeout", GRPCTimeout.headerValue(nanoseconds: timeout))) }
        return HeaderFields(fixed: [(":method", "POST")], made: fields + metadata.headerFields)
    }

    /// A message with its length prefix.
    package static func bytes(of message: [UInt8]) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(LengthPrefix.byteCount + message.count)
        LengthPrefix(isCompressed: false, length: message.count).append(to: &bytes)
        return bytes + message
    }
}
