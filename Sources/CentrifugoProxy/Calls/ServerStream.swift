import GRPCCall

/// The server's side of one stream of messages, from the request's header list to the trailers.
///
/// On the connection's event loop.
protocol ServerStream: AnyObject {
    /// Takes bytes of the peer's messages.
    func received(_ bytes: UnsafeRawBufferPointer)

    /// Takes the peer's end of its side.
    func receivedEnd()

    /// The peer has read; there is room for more.
    func writable()

    /// Ends an open stream within the drain window, at a random moment.
    func endSoon()

    /// Ends the answer with a status, and cancels all work for it.
    func end(with status: GRPCStatus)

    /// The stream is gone: releases all that belongs to it.
    func closed()
}
