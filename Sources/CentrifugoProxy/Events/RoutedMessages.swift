import ProtobufWire
import ProxyMessages

/// A request as the service routes it.
protocol RoutedRequest: EventRequest, WireMessage {
    /// How payloads travel in this request and in its answer.
    var payloadEncoding: PayloadEncoding { get }
}

extension ConnectRequest: RoutedRequest {}
extension RefreshRequest: RoutedRequest {}
extension SubscribeRequest: RoutedRequest {}
extension SubRefreshRequest: RoutedRequest {}
extension PublishRequest: RoutedRequest {}
extension RPCRequest: RoutedRequest {}
extension MapPublishRequest: RoutedRequest {}
extension MapRemoveRequest: RoutedRequest {}

extension SharedPollRefreshRequest: RoutedRequest {
    var payloadEncoding: PayloadEncoding { .none }
}

extension NotifyCacheEmptyRequest: RoutedRequest {
    var payloadEncoding: PayloadEncoding { .none }
}

extension NotifyChannelStateRequest: RoutedRequest {
    var payloadEncoding: PayloadEncoding { .none }
}

/// A result as the service sends it.
protocol RoutedResult: EventAnswer, ReplyResult {
    /// The result that stands for a refusal, where Centrifugo reads neither `error` nor `disconnect`.
    static var refused: Self? { get }

    /// Brings the payloads into the form that the client understands.
    mutating func encodePayloads(as encoding: PayloadEncoding) throws(AnswerPayloadError)
}

extension RoutedResult {
    static var refused: Self? { nil }

    mutating func encodePayloads(as encoding: PayloadEncoding) throws(AnswerPayloadError) {}
}

extension ConnectResult: RoutedResult {
    mutating func encodePayloads(as encoding: PayloadEncoding) throws(AnswerPayloadError) {
        try encoding.apply(to: &data, base64: &b64data, field: "data", readBy: .client)
        try encoding.apply(to: &info, base64: &b64info, field: "info")
        for channel in subs.keys {
            guard var options = subs[channel] else { continue }
            try encoding.apply(
                to: &options.data,
                base64: &options.b64data,
                field: "data in subs",
                readBy: .client
            )
            try encoding.apply(to: &options.info, base64: &options.b64info, field: "info in subs")
            subs[channel] = options
        }
    }
}

extension RefreshResult: RoutedResult {
    static var refused: Self? { .expired }

    mutating func encodePayloads(as encoding: PayloadEncoding) throws(AnswerPayloadError) {
        try encoding.apply(to: &info, base64: &b64info, field: "info")
    }
}

extension SubscribeResult: RoutedResult {
    mutating func encodePayloads(as encoding: PayloadEncoding) throws(AnswerPayloadError) {
        try encoding.apply(to: &data, base64: &b64data, field: "data", readBy: .client)
        try encoding.apply(to: &info, base64: &b64info, field: "info")
    }
}

extension SubRefreshResult: RoutedResult {
    static var refused: Self? { .expired }

    mutating func encodePayloads(as encoding: PayloadEncoding) throws(AnswerPayloadError) {
        try encoding.apply(to: &info, base64: &b64info, field: "info")
    }
}

extension PublishResult: RoutedResult {
    mutating func encodePayloads(as encoding: PayloadEncoding) throws(AnswerPayloadError) {
        try encoding.apply(to: &data, base64: &b64data, field: "data")
    }
}

extension RPCResult: RoutedResult {
    mutating func encodePayloads(as encoding: PayloadEncoding) throws(AnswerPayloadError) {
        try encoding.apply(to: &data, base64: &b64data, field: "data", readBy: .client)
    }
}

extension MapPublishResult: RoutedResult {
    mutating func encodePayloads(as encoding: PayloadEncoding) throws(AnswerPayloadError) {
        try encoding.apply(to: &data, base64: &b64data, field: "data")
        try encoding.apply(to: &streamData, base64: &b64streamData, field: "streamData")
    }
}

extension MapRemoveResult: RoutedResult {}
extension SharedPollRefreshResult: RoutedResult {}
extension NotifyCacheEmptyResult: RoutedResult {}
extension NotifyChannelStateResult: RoutedResult {}
