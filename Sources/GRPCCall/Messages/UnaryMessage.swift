/// The only message of a complete unary request.
package enum UnaryMessage {
    /// The message inside the body, valid as long as the body.
    case view(UnsafeRawBufferPointer)
    /// The message after decompression.
    case owned([UInt8])

    /// Reads the message from a complete body.
    ///
    /// - Parameters:
    ///   - body: All bytes of the request's body.
    ///   - encoding: The encoding of the call.
    ///   - limit: The largest message allowed, in bytes after decompression.
    ///   - gzip: Decompresses the message if it is compressed.
    /// - Throws: `resourceExhausted` above the limit; `unimplemented` when there is not exactly one message (gRPC's
    ///   status codes document: request cardinality violation); `internalError` when it is truncated or malformed.
    package init(
        body: UnsafeRawBufferPointer,
        encoding: MessageEncoding,
        limit: Int = LengthPrefix.defaultLimit,
        gzip: Gzip
    ) throws(GRPCStatus) {
        let (message, isCompressed) = try Self.content(of: body, encoding: encoding, limit: limit)
        self = isCompressed ? .owned(try gzip.inflate(message, limit: limit)) : .view(message)
    }

    /// The message inside a complete body, and whether it is compressed.
    ///
    /// - Throws: The same as ``init(body:encoding:limit:gzip:)``, except for errors of decompression.
    @inline(__always)
    package static func content(
        of body: UnsafeRawBufferPointer,
        encoding: MessageEncoding,
        limit: Int = LengthPrefix.defaultLimit
    ) throws(GRPCStatus) -> (message: UnsafeRawBufferPointer, isCompressed: Bool) {
        guard !body.isEmpty else { throw GRPCStatus(.unimplemented, "no message in a unary call") }
        guard let prefix = try LengthPrefix(body, encoding: encoding, limit: limit) else { throw .cutMessage }
        let end = LengthPrefix.byteCount + prefix.length
        guard body.count >= end else { throw .cutMessage }
        guard body.count == end else { throw GRPCStatus(.unimplemented, "more than one message in a unary call") }
        return (UnsafeRawBufferPointer(rebasing: body[LengthPrefix.byteCount...]), prefix.isCompressed)
    }

    /// How many bytes of work a complete body is: the decompressed size of its message.
    package static func workload(of body: UnsafeRawBufferPointer) -> Int {
        guard let flag = body.first, flag == 1 else { return body.count }
        return max(body.count, Gzip.announcedLength(of: body) ?? 0)
    }

    /// Calls `body` with the message's bytes, valid during the call.
    package func withBytes<Result, Failure: Error>(
        _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        switch self {
        case .view(let bytes): return try body(bytes)
        case .owned(let bytes):
            return try bytes.withUnsafeBufferPointer { bytes throws(Failure) in
                try body(UnsafeRawBufferPointer(bytes))
            }
        }
    }
}

extension GRPCStatus {
    static var cutMessage: GRPCStatus { GRPCStatus(.internalError, "the body ends inside a message") }
}
