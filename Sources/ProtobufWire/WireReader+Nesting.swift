extension WireReader {
    /// Reads a nested message's length and makes its end the reader's end; returns the end of the enclosing message.
    package mutating func openMessage() throws(WireError) -> UnsafeRawPointer {
        let length = try length()
        guard depthLeft > 0 else {
            throw .nestedTooDeep
        }
        depthLeft -= 1
        let outerEnd = end
        end = position + length
        return outerEnd
    }

    /// Returns to the enclosing message, at the end of the nested one.
    package mutating func closeMessage(_ outerEnd: UnsafeRawPointer) {
        depthLeft += 1
        end = outerEnd
    }
}
