/// The five bytes before each message (gRPC over HTTP/2: Length-Prefixed-Message).
package struct LengthPrefix: Sendable, Hashable {
    /// The bytes of a prefix on the wire: the compressed flag, then the length in network byte order.
    package static let byteCount = 5

    /// The message size allowed by default, 4 MiB, as in other gRPC servers.
    package static let defaultLimit = 4 << 20

    /// Whether the message is compressed with the call's encoding.
    package let isCompressed: Bool
    /// The bytes of the message on the wire, after compression.
    package let length: Int

    /// Creates the prefix of a message to send, which the caller has checked against the peer's limit.
    package init(isCompressed: Bool, length: Int) {
        precondition(UInt32(exactly: length) != nil, "a gRPC message is shorter than 4 GiB")
        self.isCompressed = isCompressed
        self.length = length
    }

    /// Reads and checks the prefix at the start of `bytes`; `nil` when it is incomplete.
    ///
    /// With the first bytes of a body, it detects a call that cannot be served before its message is stored.
    ///
    /// - Throws: `internalError` for a flag that is neither 0 nor 1, or that is set in a call without an encoding, and
    ///   `resourceExhausted` for a length above the limit.
    package init?(
        _ bytes: UnsafeRawBufferPointer,
        encoding: MessageEncoding,
        limit: Int = defaultLimit
    ) throws(GRPCStatus) {
        guard bytes.count >= Self.byteCount else { return nil }
        switch (bytes[0], encoding) {
        case (0, _): isCompressed = false
        case (1, .gzip): isCompressed = true
        case (1, .identity): throw GRPCStatus(.internalError, "compressed message in a call without grpc-encoding")
        default: throw GRPCStatus(.internalError, "malformed compressed flag")
        }
        length = Int(UInt32(bigEndian: bytes.loadUnaligned(fromByteOffset: 1, as: UInt32.self)))
        guard length <= limit else { throw .messageTooLarge(limit: limit) }
    }

    /// Writes the prefix at the start of memory that is large enough.
    package func write(to memory: UnsafeMutableRawBufferPointer) {
        memory[0] = isCompressed ? 1 : 0
        memory.storeBytes(of: UInt32(length).bigEndian, toByteOffset: 1, as: UInt32.self)
    }

    /// Appends the prefix to a buffer.
    package func append(to buffer: inout [UInt8]) {
        buffer.append(isCompressed ? 1 : 0)
        withUnsafeBytes(of: UInt32(length).bigEndian) { buffer.append(contentsOf: $0) }
    }
}

extension GRPCStatus {
    static func messageTooLarge(limit: Int) -> GRPCStatus {
        GRPCStatus(.resourceExhausted, "message larger than the limit of \(limit) bytes")
    }
}
