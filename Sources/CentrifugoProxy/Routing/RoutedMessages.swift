import ProtobufWire
import ProxyMessages

/// A request as the service routes it.
protocol RoutedRequest: EventRequest, WireMessage {
    /// How payloads travel in this request and in its answer.
    var payloadEncoding: PayloadEncoding { get }
}

/// A result as the service sends it.
protocol RoutedResult: EventAnswer, ReplyResult {
    /// The result that stands for a refusal, where Centrifugo reads neither `error` nor `disconnect`.
    static var refused: Self? { get }

    /// Whether some of these results end a connection or subscription instead of extending it.
    static var canExpire: Bool { get }

    /// Whether these results name the user, as ``EventAnswer/userID``.
    static var namesUser: Bool { get }

    /// Brings the payloads into the form that the client understands.
    mutating func encodePayloads(as encoding: PayloadEncoding) throws(AnswerPayloadError)
}

extension RoutedResult {
    static var refused: Self? { nil }

    static var canExpire: Bool { refused != nil }

    static var namesUser: Bool { false }

    mutating func encodePayloads(as encoding: PayloadEncoding) throws(AnswerPayloadError) {}
}
