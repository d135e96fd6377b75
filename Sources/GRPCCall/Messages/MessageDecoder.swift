/// Cuts the body of a streaming call into its messages.
///
/// Chunks go in with ``append(_:)`` as they arrive, messages come out of ``next(gzip:)`` as they are wanted: a message
/// is inflated only when it is taken, so a stream holds no more than what flow control let in, however well that is
/// compressed. Nothing is set aside for announced bytes, and an idle stream holds no buffer.
package struct MessageDecoder: Sendable {
    private let encoding: MessageEncoding
    private let limit: Int
    private var buffer: [UInt8] = []
    /// Where in the buffer the first message starts that was not taken.
    private var start = 0

    /// Creates a decoder for one direction of a call.
    ///
    /// - Parameters:
    ///   - encoding: The encoding of the call.
    ///   - limit: The largest message allowed, in bytes after inflating.
    package init(encoding: MessageEncoding, limit: Int = LengthPrefix.defaultLimit) {
        self.encoding = encoding
        self.limit = limit
    }

    /// The bytes received and not yet taken.
    package var bufferedByteCount: Int { buffer.count - start }

    /// How much memory those take.
    package var heldByteCount: Int { buffer.capacity }

    /// Forgets what was received.
    package mutating func clear() {
        buffer = []
        start = 0
    }

    /// How many bytes of work the next message is: those of it when it is inflated; 0 when it is not all there.
    package var workload: Int {
        let workload = try? withReceivedMessage { message, isCompressed throws(GRPCStatus) in
            isCompressed ? max(message.count, Gzip.announcedLength(of: message) ?? 0) : message.count
        }
        return (workload ?? nil) ?? 0
    }

    /// Adds bytes of the body.
    package mutating func append(_ chunk: UnsafeRawBufferPointer) {
        // Moving only when at least as much was taken as remains keeps the copying linear in the bytes received.
        if start > 0, start >= bufferedByteCount {
            buffer.removeFirst(start)
            start = 0
        }
        buffer.append(contentsOf: chunk)
    }

    /// Takes the next message, or `nil` when more bytes are needed.
    ///
    /// - Throws: As soon as the prefix is there, the status for a message that cannot be accepted; the call ends with
    ///   it, and the decoder is of no further use.
    package mutating func next(gzip: Gzip) throws(GRPCStatus) -> [UInt8]? {
        let limit = limit
        return try next { message throws(GRPCStatus) in try gzip.inflate(message, limit: limit) }
    }

    /// Takes the next message, whose inflating may take several calls of this method.
    ///
    /// - Parameter inflate: Inflates a compressed message; returns nil when it has not come to the end, and the message
    ///   stays where it is.
    /// - Returns: The message; nil when more bytes are needed, or more calls.
    /// - Throws: As ``next(gzip:)``.
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

    /// Checks at the end of the body, messages left or not, that it does not end inside the next one.
    package func checkEnd() throws(GRPCStatus) {
        guard bufferedByteCount > 0 else { return }
        guard try withReceivedMessage({ _, _ throws(GRPCStatus) in }) != nil else { throw .cutMessage }
    }

    /// Checks at the end of the body, all messages taken, that it does not end inside a message.
    package func finish() throws(GRPCStatus) {
        guard bufferedByteCount == 0 else { throw .cutMessage }
    }

    /// Calls `body` with the next message as it was received, and whether it is compressed; nil when it is not all there.
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
