public import GRPCCall

/// How a call ended, as its peer saw it.
public enum CallEnd: Sendable, Hashable {
    /// With the handler's answer or refusal, in the terms of the event; for a stream, with the status OK.
    case answered
    /// With a status: the handler failed, the deadline passed, the server shut down, a stream was interrupted.
    case failed(GRPCStatus)
    /// Without an answer: the peer reset the stream, or its connection was lost. For a subscription, the client has
    /// left.
    case abandoned
}
