extension WireReader {
    /// Reads a nested message's length and makes its end the reader's; returns the end to go back to.
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

    /// Goes back to the enclosing message, at the nested one's end.
    package mutating func closeMessage(_ outerEnd: UnsafeRawPointer) {
        depthLeft += 1
        end = outerEnd
    }
}
