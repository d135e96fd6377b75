import CZlib

/// Compresses and decompresses gzip messages; the only type that uses zlib.
///
/// zlib allocates tens to hundreds of kilobytes per stream, so one object serves all calls of an event loop, one after
/// the other, and allocates when the first compressed message arrives.
package final class Gzip {
    /// The default of zlib and of grpc-go, and thus of Centrifugo; lower levels save nothing on small messages.
    package static let defaultLevel = 6

    // A gzip header and trailer around the largest window (zlib's manual, deflateInit2).
    private static let windowBits: Int32 = 15 + 16
    // Answers are small: less memory than zlib's default of 8 means smaller tables to clear for each message, and the
    // output hardly grows.
    private static let memoryLevel: Int32 = 5
    private static let scratchByteCount = 32 << 10
    // Header and trailer (RFC 1952 §2.3), and the most bytes that one byte of deflate can expand to (zlib's technical
    // details).
    private static let wrappingByteCount = 18
    private static let largestRatio = 1_032

    private let level: Int32
    // On the heap, since zlib stores the address of its stream and rejects any other one.
    private var inflater: UnsafeMutablePointer<z_stream>?
    private var deflater: UnsafeMutablePointer<z_stream>?
    private var scratch: UnsafeMutableRawBufferPointer?

    /// Creates a compressor.
    ///
    /// - Parameter level: From 1, the fastest, to 9, the smallest; values outside are clamped.
    package init(level: Int = defaultLevel) {
        self.level = Int32(max(1, min(level, 9)))
    }

    deinit {
        if let inflater {
            inflateEnd(inflater)
            inflater.deallocate()
        }
        if let deflater {
            deflateEnd(deflater)
            deflater.deallocate()
        }
        scratch?.deallocate()
    }

    /// Decompresses a message that consists of one gzip member, as all gRPC implementations write it.
    ///
    /// - Throws: `resourceExhausted` when the output would exceed the limit; `internalError` when the input is corrupt,
    ///   truncated or followed by other bytes.
    package func inflate(_ input: UnsafeRawBufferPointer, limit: Int) throws(GRPCStatus) -> [UInt8] {
        var inflation = try beginInflating(input, limit: limit)
        while !(try inflate(input, atMost: .max, into: &inflation)) {}
        return inflation.output
    }

    /// A message that is decompressed in parts.
    package struct Inflation {
        /// The length that the message itself states.
        package let length: Int
        /// The output so far.
        package fileprivate(set) var output: [UInt8] = []
        fileprivate var taken = 0
    }

    /// Starts to decompress a message; no other one may be decompressed until it is done.
    ///
    /// - Throws: The same as ``inflate(_:limit:)``.
    package func beginInflating(_ input: UnsafeRawBufferPointer, limit: Int) throws(GRPCStatus) -> Inflation {
        // A bomb is refused before it is decompressed, and one that understates its length stops at that length.
        guard let length = Self.announcedLength(of: input) else { throw .malformedGzip }
        guard length <= limit else { throw .messageTooLarge(limit: limit) }
        _ = try preparedInflater()
        var inflation = Inflation(length: length)
        inflation.output.reserveCapacity(length)
        return inflation
    }

    /// Decompresses `count` more bytes, or slightly more.
    ///
    /// - Parameters:
    ///   - input: The whole message, the same bytes as at its start.
    ///   - count: The number of bytes.
    ///   - inflation: The progress so far.
    /// - Returns: Whether the message is complete.
    /// - Throws: The same as ``inflate(_:limit:)``.
    package func inflate(
        _ input: UnsafeRawBufferPointer,
        atMost count: Int,
        into inflation: inout Inflation
    ) throws(GRPCStatus) -> Bool {
        guard let stream = inflater else { throw .malformedGzip }
        defer { stream.pointee.next_in = nil }
        stream.pointee.setInput(UnsafeRawBufferPointer(rebasing: input[inflation.taken...]))
        let start = inflation.output.count
        while inflation.output.count - start < count {
            let (result, produced) = run(stream) { CZlib.inflate(stream, Z_NO_FLUSH) }
            guard produced.count <= inflation.length - inflation.output.count else { throw .malformedGzip }
            inflation.output.append(contentsOf: produced)
            switch result {
            case Z_OK: continue
            case Z_STREAM_END where stream.pointee.avail_in == 0: return true
            default: throw .malformedGzip
            }
        }
        inflation.taken = input.count - Int(stream.pointee.avail_in)
        return false
    }

    /// The length of the output according to the input's last four bytes (RFC 1952 §2.3.1); nil when that is
    /// impossible.
    package static func announcedLength(of input: UnsafeRawBufferPointer) -> Int? {
        guard input.count > wrappingByteCount else { return nil }
        let bytes = input.loadUnaligned(fromByteOffset: input.count - 4, as: UInt32.self)
        let length = Int(UInt32(littleEndian: bytes))
        return length <= input.count * largestRatio ? length : nil
    }

    /// Compresses a message and appends it to a buffer, as one gzip member.
    package func deflate(_ input: UnsafeRawBufferPointer, appendingTo output: inout [UInt8]) throws(GRPCStatus) {
        precondition(UInt32(exactly: input.count) != nil, "a gRPC message is shorter than 4 GiB")
        let stream = try preparedDeflater()
        defer { stream.pointee.next_in = nil }
        stream.pointee.setInput(input)
        while true {
            let (result, produced) = run(stream) { CZlib.deflate(stream, Z_FINISH) }
            output.append(contentsOf: produced)
            if result == Z_STREAM_END { return }
            guard result == Z_OK else { throw GRPCStatus(.internalError, "deflating failed") }
        }
    }

    /// Makes zlib write to the scratch memory, and returns its status and the bytes that it wrote.
    private func run(
        _ stream: UnsafeMutablePointer<z_stream>,
        _ step: () -> Int32
    ) -> (result: Int32, produced: UnsafeRawBufferPointer) {
        let scratch = scratchMemory()
        stream.pointee.next_out = scratch.assumingMemoryBound(to: UInt8.self).baseAddress
        stream.pointee.avail_out = UInt32(scratch.count)
        let result = step()
        let produced = scratch.count - Int(stream.pointee.avail_out)
        return (result, UnsafeRawBufferPointer(rebasing: scratch[..<produced]))
    }

    private func scratchMemory() -> UnsafeMutableRawBufferPointer {
        if let scratch { return scratch }
        let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: Self.scratchByteCount, alignment: 16)
        scratch = memory
        return memory
    }

    private func preparedInflater() throws(GRPCStatus) -> UnsafeMutablePointer<z_stream> {
        if let inflater {
            inflateReset(inflater)
            return inflater
        }
        let stream = try UnsafeMutablePointer.makeStream { stream in
            inflateInit2_(stream, Self.windowBits, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
        }
        inflater = stream
        return stream
    }

    private func preparedDeflater() throws(GRPCStatus) -> UnsafeMutablePointer<z_stream> {
        if let deflater {
            deflateReset(deflater)
            return deflater
        }
        let stream = try UnsafeMutablePointer.makeStream { stream in
            deflateInit2_(
                stream,
                level,
                Z_DEFLATED,
                Self.windowBits,
                Self.memoryLevel,
                Z_DEFAULT_STRATEGY,
                ZLIB_VERSION,
                Int32(MemoryLayout<z_stream>.size)
            )
        }
        deflater = stream
        return stream
    }
}

extension GRPCStatus {
    fileprivate static var malformedGzip: GRPCStatus { GRPCStatus(.internalError, "malformed gzip message") }
}

extension UnsafeMutablePointer<z_stream> {
    fileprivate static func makeStream(_ initialize: (Self) -> Int32) throws(GRPCStatus) -> Self {
        let stream = Self.allocate(capacity: 1)
        stream.initialize(to: z_stream())
        guard initialize(stream) == Z_OK else {
            stream.deallocate()
            throw GRPCStatus(.resourceExhausted, "no memory for gzip")
        }
        return stream
    }
}

extension z_stream {
    fileprivate mutating func setInput(_ input: UnsafeRawBufferPointer) {
        // zlib's input pointer is not const, but zlib only reads from it.
        next_in = UnsafeMutablePointer(mutating: input.assumingMemoryBound(to: UInt8.self).baseAddress)
        avail_in = UInt32(input.count)
    }
}
