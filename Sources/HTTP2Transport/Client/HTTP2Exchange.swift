package import HTTP2Framing
import NIOCore

/// One request on a connection of its own: commands go in, and answers come out as a sequence.
///
/// The client's side of HTTP/2, for tools that call a server: one stream, and no connection that outlives it.
package struct HTTP2Exchange: Sendable {
    /// A part of the server's answer, or the end of the exchange.
    package enum Answer: Sendable {
        case headers(CopiedHeaders)
        /// Bytes of the body; return their credit with ``taken(_:)``.
        case body([UInt8])
        /// The end of the answer, with the trailers if there were any. The last one.
        case ended(trailers: CopiedHeaders)
        /// The server reset the stream. The last one.
        case reset(HTTP2ErrorCode)
        /// The connection is lost: the reason, as the end of a sentence. The last one.
        case lost(String)
        /// This side ended the exchange. The last one.
        case left(Leave)
    }

    /// Why this side ends an exchange.
    package enum Leave: Sendable, Equatable {
        /// Everything that was wanted has arrived.
        case satisfied
        /// The user interrupted it.
        case interrupted
        /// The time limit has passed.
        case timedOut
    }

    /// What the application asks of the connection.
    enum Command: Sendable {
        case send([UInt8], isLast: Bool)
        case taken(Int)
        case leave(Leave)
    }

    /// The answers, up to the last one; iterate over it once.
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

    /// Returns credit for bytes of the body, so that the server may send as many more.
    package func taken(_ count: Int) {
        channel.triggerUserOutboundEvent(Command.taken(count), promise: nil)
    }

    /// Ends the stream with RST_STREAM CANCEL (RFC 9113 §7), then the connection.
    package func leave(_ reason: Leave) {
        channel.triggerUserOutboundEvent(Command.leave(reason), promise: nil)
    }

    /// Waits until the connection is closed.
    package func closed() async {
        try? await channel.closeFuture.get()
    }
}
