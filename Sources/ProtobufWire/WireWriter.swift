/// Writes protobuf's wire format into its own buffer, which can be reused for the next message.
///
/// The buffer is raw memory and not an array because a connection writes many small messages into the same one: no
/// uniqueness check for each byte, no zero fill, and bytes can be reserved and set later. The struct cannot be copied,
/// so the memory has one owner, which frees it.
package struct WireWriter: ~Copyable {
    /// The buffer size for a typical answer.
    private static let usualLength = 256

    var storage: UnsafeMutableRawBufferPointer
    /// Whether the writer has to free the buffer.
    private var isOwned = true
    /// How many bytes have been written.
    package var count = 0
    /// Bytes of memory that are kept for writing.
    package var capacity: Int { storage.count }

    /// Makes an empty writer; memory is allocated with the first byte.
    package init() {
        storage = UnsafeMutableRawBufferPointer(start: nil, count: 0)
    }

    private init(lent: UnsafeMutableRawBufferPointer) {
        storage = lent
        isOwned = false
    }

    /// The bytes that `write` appends, in an array of their own.
    ///
    /// Most messages fit on the stack, so that the array is the only allocation.
    package static func bytes(_ write: (inout WireWriter) -> Void) -> [UInt8] {
        withUnsafeTemporaryAllocation(byteCount: usualLength, alignment: 1) { stack in
            var writer = WireWriter(lent: stack)
            write(&writer)
            return writer.withUnsafeBytes { [UInt8]($0) }
        }
    }

    deinit {
        if isOwned { storage.deallocate() }
    }

    /// Discards what was written.
    package mutating func removeAll(keepingCapacity: Bool) {
        count = 0
        if !keepingCapacity { replaceStorage(with: UnsafeMutableRawBufferPointer(start: nil, count: 0)) }
    }

    /// Calls `body` with the written bytes.
    package func withUnsafeBytes<Result, Failure: Error>(
        _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try body(UnsafeRawBufferPointer(rebasing: storage[..<count]))
    }

    /// Reserves bytes whose values are known later, such as a length before the message, and returns their offset.
    ///
    /// They are zeros until ``overwrite(at:with:)`` sets them.
    package mutating func reserve(_ length: Int) -> Int {
        makeRoom(for: length)
        let start = count
        UnsafeMutableRawBufferPointer(rebasing: storage[start..<start + length]).initializeMemory(
            as: UInt8.self,
            repeating: 0
        )
        count += length
        return start
    }

    /// Sets a byte that was written or reserved before.
    package mutating func overwrite(at offset: Int, with byte: UInt8) {
        precondition(offset >= 0 && offset < count, "only bytes that were written can be overwritten")
        storage[offset] = byte
    }

    /// Sets four bytes, written or reserved before, to a number in network byte order.
    package mutating func overwrite(at offset: Int, withBigEndian number: UInt32) {
        precondition(offset >= 0 && offset <= count - 4, "only bytes that were written can be overwritten")
        storage.storeBytes(of: number.bigEndian, toByteOffset: offset, as: UInt32.self)
    }

    /// Appends bytes unchanged.
    @inline(__always)
    package mutating func append(_ bytes: UnsafeRawBufferPointer) {
        makeRoom(for: bytes.count)
        UnsafeMutableRawBufferPointer(rebasing: storage[count...]).copyMemory(from: bytes)
        count += bytes.count
    }

    /// Makes sure that `length` more bytes fit.
    @inline(__always)
    mutating func makeRoom(for length: Int) {
        if storage.count - count < length {
            grow(by: length)
        }
    }

    @inline(never)
    private mutating func grow(by length: Int) {
        // Doubling keeps the cost of growing linear.
        let larger = UnsafeMutableRawBufferPointer.allocate(
            byteCount: max(count + length, storage.count * 2, Self.usualLength),
            alignment: 1
        )
        larger.copyMemory(from: UnsafeRawBufferPointer(rebasing: storage[..<count]))
        replaceStorage(with: larger)
    }

    private mutating func replaceStorage(with memory: UnsafeMutableRawBufferPointer) {
        if isOwned { storage.deallocate() }
        storage = memory
        isOwned = true
    }
}
