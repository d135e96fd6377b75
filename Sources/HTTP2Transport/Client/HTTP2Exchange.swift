package import HTTP2Framing
import NIOCore

/// One request, on a connection of its own: what is sent goes in, what comes back is a sequence.
///
/// The client's side of HTTP/2, for tools that call a server: one stream, and no connection that outlives it.
package struct HTTP2Exchange: Sendable {
    /// What came back.
    package enum Answer: Sendable {
        case headers(CopiedHeaders)
        /// Bytes of the body; give their credit back with ``taken(_:)``.
        case body([UInt8])
        /// The end of the answer, with the trailers if there were any. The last one.
        case ended(trailers: CopiedHeaders)
        /// The server reset the stream. The last one.
        case reset(HTTP2ErrorCode)
        /// The connection is gone, and why, as the end of a sentence. The last one.
        case lost(String)
        /// This side left. The last one.
        case left(Leave)
    }

    /// Why this side leaves an exchange.
    package enum Leave: Sendable, Equatable {
        /// All that was wanted has come.
        case satisfied
        /// The user has had enough.
        case interrupted
        /// The time is over.
        case timedOut
    }

    /// What the application tells the connection.
    enum Command: Sendable {
        case send([UInt8], isLast: Bool)
        case taken(Int)
        case leave(Leave)
    }

    /// What comes back, to its end; one loop over it.
    package let answers: AsyncStream<Answer>
    private let channel: any Channel

    init(answers: AsyncStream<Answer>, channel: any Channel) {
        self.answers = answers
        self.channel = channel
    }

    /// Sends bytes of the request's body.
    package func send(_ bytes: [UInt8], isLast: Bool) {
        channel.triggerUserOutboundEvent(Command.send(bytes, isLast: isLast), promise: nil)
    }

    /// Gives back credit for bytes of the body, so that the server may send as many more.
    package func taken(_ count: Int) {
        channel.triggerUserOutboundEvent(Command.taken(count), promise: nil)
    }

    /// Ends the stream with RST_STREAM CANCEL (RFC 9113 §7) and the connection after it.
    package func leave(_ reason: Leave) {
        channel.triggerUserOutboundEvent(Command.leave(reason), promise: nil)
    }

    /// Waits until the connection is closed.
    package func closed() async {
        try? await channel.closeFuture.get()
    }
}
