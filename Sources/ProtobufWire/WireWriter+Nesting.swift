extension WireWriter {
    /// Writes a nested message's tag and one byte for its length; returns the message's offset.
    package mutating func openMessage(field: UInt32) -> Int {
        makeRoom(for: Self.longestTag + 1)
        putTag(field, .lengthDelimited)
        count += 1
        return count
    }

    /// Writes the length, and moves the message if the length needs more than one byte.
    ///
    /// Nested messages are mostly shorter than 128 bytes, so they rarely move, and no message is measured before it is
    /// written. A long one moves once for each message around it; Centrifugo's messages have few levels.
    package mutating func closeMessage(from start: Int) {
        let length = count - start
        guard length >= 0x80 else {
            storage[start - 1] = UInt8(truncatingIfNeeded: length)
            return
        }
        moveBack(from: start, length: length)
    }

    @inline(never)
    private mutating func moveBack(from start: Int, length: Int) {
        let extra = (Int.bitWidth - length.leadingZeroBitCount - 1) / 7
        makeRoom(for: extra)
        let body = UnsafeRawBufferPointer(rebasing: storage[start..<start + length])
        UnsafeMutableRawBufferPointer(rebasing: storage[(start + extra)...]).copyMemory(from: body)
        count = start - 1
        putVarint(UInt64(length))
        count += length
    }
}
