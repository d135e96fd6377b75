/// Work of a loop that may take long and is done in chunks, so that the sockets have their turns in between.
package protocol ChunkedWork: AnyObject {
    /// Does a chunk, which should take a millisecond at most. On the loop.
    /// - Returns: Whether work is left.
    func doChunk() -> Bool
}
