/// The content of a call's header fields, once they have passed gRPC's checks.
package struct RequestHead: Sendable, Hashable {
    /// The time from now to the deadline in nanoseconds; `nil` without one, and `UInt64.max` for any longer time.
    package var timeout: UInt64?
    /// How the request's compressed messages are encoded.
    package var encoding: MessageEncoding
    /// Whether the peer reads messages compressed with gzip.
    package var acceptsGzip: Bool
    /// The custom metadata.
    package var metadata: Metadata

    /// Checks a request's fields in the order of gRPC over HTTP/2.
    ///
    /// - Parameters:
    ///   - received: The fields of the request.
    ///   - isKnownRoute: Whether the path names a method of this server.
    /// - Throws: The answer, if the call is not to be served.
    package init(_ received: RequestFields, isKnownRoute: Bool) throws(RejectionError) {
        guard let method = received.method, "POST" ~= method else {
            throw .http(status: 405, body: "gRPC requests use the method POST.\n")
        }
        guard let contentType = received.contentType, contentType.isGRPCContentType else {
            throw .http(status: 415, body: "gRPC requests have the content-type application/grpc.\n")
        }
        // A missing `te` only means that the peer did not look for proxies that drop trailers. Any other value makes
        // the request malformed, PROTOCOL_ERROR (RFC 9113 §8.2.2), which gRPC maps to INTERNAL.
        if let te = received.te, !te.equalsIgnoringCase("trailers") {
            throw .status(.init(.internalError, "te is not trailers"), acceptEncoding: false)
        }
        guard isKnownRoute else {
            throw .status(.init(.unimplemented, "unknown method"), acceptEncoding: false)
        }
        if let value = received.timeout {
            guard let nanoseconds = GRPCTimeout.nanoseconds(value) else {
                throw .status(.init(.internalError, "malformed grpc-timeout"), acceptEncoding: false)
            }
            timeout = nanoseconds
        }
        switch received.encoding {
        case nil, "identity"?: encoding = .identity
        case "gzip"?: encoding = .gzip
        // gRPC's compression document: the answer lists the encodings that the server reads.
        default: throw .status(.init(.unimplemented, "unknown grpc-encoding"), acceptEncoding: true)
        }
        if let name = received.invalidMetadataName {
            let name = String(decoding: name, as: UTF8.self)
            throw .status(.init(.internalError, "malformed value of metadata \(name)"), acceptEncoding: false)
        }
        acceptsGzip = received.acceptsGzip
        metadata = received.metadata
    }
}

extension UnsafeRawBufferPointer {
    /// Whether this is `application/grpc`, alone or with a message format (`+proto`) or parameters (`;`).
    fileprivate var isGRPCContentType: Bool {
        let mediaType: StaticString = "application/grpc"
        if mediaType ~= self { return true }
        guard hasPrefixIgnoringCase(mediaType) else { return false }
        let next = dropFirst(mediaType.utf8CodeUnitCount).first { $0 != UInt8(ascii: " ") }
        return next == nil || next == UInt8(ascii: "+") || next == UInt8(ascii: ";")
    }
}
