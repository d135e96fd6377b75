package import HTTP2Framing

/// Who gives a connection its streams; called on the event loop.
package protocol ClientConnectionOwner: AnyObject {
    /// The connection may take more streams than before.
    func hasRoom(_ connection: HTTP2ClientConnection)
    /// The server has not processed a stream that the connection had sent.
    func returned(_ stream: ClientStream, by connection: HTTP2ClientConnection, _ cause: ReturnCause)
    /// The connection takes no more streams; those that are open go on.
    func goesAway(_ connection: HTTP2ClientConnection, _ code: HTTP2ErrorCode)
    /// The connection is closed; the reason is the end of a sentence.
    func ended(_ connection: HTTP2ClientConnection, reason: String)
}

/// Why a stream was not processed.
package enum ReturnCause: Sendable {
    /// The server said so, by RST_STREAM or GOAWAY (RFC 9113 §8.7).
    case refused
    /// The connection ended before the server had said anything.
    case unheard
}
