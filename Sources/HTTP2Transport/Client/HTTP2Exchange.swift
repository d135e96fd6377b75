package import HTTP2Framing
package import NIOCore

/// One request to a server: commands go in, and answers come out as a sequence.
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
        /// There is no connection, or it is lost: the reason, as the end of a sentence. The last one.
        case lost(String)
        /// The client has too much to do: the reason, as a sentence's end. The last one.
        case refused(String)
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

    /// What the application asks of the exchange.
    package enum Command: Sendable {
        case send([UInt8], isLast: Bool)
        case taken(Int)
        case leave(Leave)
    }

    /// The answers, up to the last one; iterate over it once.
    package let answers: AsyncStream<Answer>
    private let stream: LoopConfined<ClientStream>
    private let eventLoop: any EventLoop

    /// Makes the exchange of a stream and of its answers.
    package init(answers: AsyncStream<Answer>, stream: LoopConfined<ClientStream>, eventLoop: any EventLoop) {
        self.answers = answers
        self.stream = stream
        self.eventLoop = eventLoop
    }

    /// Sends bytes of the request's body.
    package func send(_ bytes: [UInt8], isLast: Bool) {
        obey(.send(bytes, isLast: isLast))
    }

    /// Returns credit for bytes of the body, so that the server may send as many more.
    package func taken(_ count: Int) {
        obey(.taken(count))
    }

    /// Ends the stream with RST_STREAM CANCEL (RFC 9113 §7).
    package func leave(_ reason: Leave) {
        obey(.leave(reason))
    }

    private func obey(_ command: Command) {
        eventLoop.execute { [stream] in stream.value.obey(command) }
    }
}
