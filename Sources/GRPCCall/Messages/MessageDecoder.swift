/// Splits the body of a streaming call into its messages.
///
/// ``append(_:)`` adds chunks as they arrive, and ``next(gzip:)`` returns messages when they are wanted. A message is
/// decompressed only when it is taken, so a stream holds no more than flow control let in, however well that is
/// compressed. No memory is allocated for announced bytes, and an idle stream holds no buffer.
package struct MessageDecoder: Sendable {
    private let encoding: MessageEncoding
    private let limit: Int
    private var buffer: [UInt8] = []
    /// The index in the buffer of the first message that was not taken.
    private var start = 0

    /// Creates a decoder for one direction of a call.
    ///
    /// - Parameters:
    ///   - encoding: The encoding of the call.
    ///   - limit: The largest message allowed, in bytes after decompression.
    package init(encoding: MessageEncoding, limit: Int = LengthPrefix.defaultLimit) {
        self.encoding = encoding
        self.limit = limit
    }

    /// The received bytes that were not taken.
    package var bufferedByteCount: Int { buffer.count - start }

    /// The memory of the buffer.
    package var heldByteCount: Int { buffer.capacity }

    /// Discards everything that was received.
    package mutating func clear() {
        buffer = []
        start = 0
    }

    /// How many bytes of work the next message is: its decompressed size; 0 when it is incomplete.
    package var workload: Int {
        let workload = try? withReceivedMessage { message, isCompressed throws(GRPCStatus) in
            isCompressed ? max(message.count, Gzip.announcedLength(of: message) ?? 0) : message.count
        }
        return (workload ?? nil) ?? 0
    }

    /// Adds bytes of the body.
    package mutating func append(_ chunk: UnsafeRawBufferPointer) {
        // Moving only when at least half was taken keeps the copying linear in the bytes received.
        if start > 0, start >= bufferedByteCount {
            buffer.removeFirst(start)
            start = 0
        }
        buffer.append(contentsOf: chunk)
    }

    /// Takes the next message, or `nil` when more bytes are needed.
    ///
    /// - Throws: The status for a message that cannot be accepted, as soon as its prefix is complete; the call ends
    ///   with it, and the decoder cannot be used any more.
    package mutating func next(gzip: Gzip) throws(GRPCStatus) -> [UInt8]? {
        let limit = limit
        return try next { message throws(GRPCStatus) in try gzip.inflate(message, limit: limit) }
    }

    /// Takes the next message, which may need several calls of this method to decompress.
    ///
    /// - Parameter inflate: Decompresses a message; returns nil when it is not done, and the message stays in the
    ///   buffer.
    /// - Returns: The message; nil when more bytes or more calls are needed.
    /// - Throws: The same as ``next(gzip:)``.
    package mutating func next(
        inflate: (UnsafeRawBufferPointer) throws(GRPCStatus) -> [UInt8]?
    ) throws(GRPCStatus) -> [UInt8]? {
        let taken = try withReceivedMessage { message, isCompressed throws(GRPCStatus) in
            let content = isCompressed ? try inflate(message) : Array(message)
            return content.map { (message: $0, length: message.count) }
        }
        guard let taken, let taken else { return nil }
        start += LengthPrefix.byteCount + taken.length
        if start == buffer.count {
            buffer = []
            start = 0
        }
        return taken.message
    }

    /// Checks at the end of the body that it does not end inside the next message; other messages may be left.
    package func checkEnd() throws(GRPCStatus) {
        guard bufferedByteCount > 0 else { return }
        guard try withReceivedMessage({ _, _ throws(GRPCStatus) in }) != nil else { throw .cutMessage }
    }

    /// Checks at the end of the body, when all messages are taken, that it does not end inside a message.
    package func finish() throws(GRPCStatus) {
        guard bufferedByteCount == 0 else { throw .cutMessage }
    }

    /// Calls `body` with the next message as received, and whether it is compressed; returns nil when it is incomplete.
    private func withReceivedMessage<Result>(
        _ body: (UnsafeRawBufferPointer, Bool) throws(GRPCStatus) -> Result
    ) throws(GRPCStatus) -> Result? {
        try buffer.withUnsafeBufferPointer { bytes throws(GRPCStatus) -> Result? in
            let received = UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(bytes)[start...])
            guard let prefix = try LengthPrefix(received, encoding: encoding, limit: limit) else { return nil }
            let end = LengthPrefix.byteCount + prefix.length
            guard received.count >= end else { return nil }
            let message = UnsafeRawBufferPointer(rebasing: received[LengthPrefix.byteCount..<end])
            return try body(message, prefix.isCompressed)
        }
    }
}
