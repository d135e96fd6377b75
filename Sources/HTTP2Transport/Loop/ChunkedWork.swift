/// Work of a loop that can be much, and is then done in parts: the sockets get their turn in between.
package protocol ChunkedWork: AnyObject {
    /// Does a part, which should take a millisecond at most unless the peer asks for much. On the loop.
    /// - Returns: Whether there is more to do.
    func doChunk() -> Bool
}
