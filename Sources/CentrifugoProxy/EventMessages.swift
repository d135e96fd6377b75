import ProtobufWire
import ProxyMessages

/// A request as the service routes it.
protocol EventRequest: WireMessage {
    /// How payloads travel in this request and in its answer.
    var payloadEncoding: PayloadEncoding { get }
}

extension EventRequest where Self: ProxyRequest {
    var payloadEncoding: PayloadEncoding { isBinary ? .binary : .json }
}

extension ConnectRequest: EventRequest {}
extension RefreshRequest: EventRequest {}
extension SubscribeRequest: EventRequest {}
extension SubRefreshRequest: EventRequest {}
extension PublishRequest: EventRequest {}
extension RPCRequest: EventRequest {}
extension MapPublishRequest: EventRequest {}
extension MapRemoveRequest: EventRequest {}

extension SharedPollRefreshRequest: EventRequest {
    var payloadEncoding: PayloadEncoding { .none }
}

extension NotifyCacheEmptyRequest: EventRequest {
    var payloadEncoding: PayloadEncoding { .none }
}

extension NotifyChannelStateRequest: EventRequest {
    var payloadEncoding: PayloadEncoding { .none }
}

/// A result as the service sends it.
protocol EventResult: ReplyResult {
    /// The result that stands for a refusal, where Centrifugo reads neither `error` nor `disconnect`.
    static var refused: Self? { get }

    /// Brings the payloads into the form that the client understands.
    mutating func encodePayloads(as encoding: PayloadEncoding) throws(UnsendablePayload)
}

extension EventResult {
    static var refused: Self? { nil }

    mutating func encodePayloads(as encoding: PayloadEncoding) throws(UnsendablePayload) {}
}

extension ConnectResult: EventResult {
    mutating func encodePayloads(as encoding: PayloadEncoding) throws(UnsendablePayload) {
        try encoding.apply(to: &data, base64: &b64data, field: "data")
        try encoding.apply(to: &info, base64: &b64info, field: "info")
        for channel in subs.keys {
            guard var options = subs[channel] else { continue }
            try encoding.apply(to: &options.data, base64: &options.b64data, field: "data in subs")
            try encoding.apply(to: &options.info, base64: &options.b64info, field: "info in subs")
            subs[channel] = options
        }
    }
}

extension RefreshResult: EventResult {
    static var refused: Self? { .expired }

    mutating func encodePayloads(as encoding: PayloadEncoding) throws(UnsendablePayload) {
        try encoding.apply(to: &info, base64: &b64info, field: "info")
    }
}

extension SubscribeResult: EventResult {
    mutating func encodePayloads(as encoding: PayloadEncoding) throws(UnsendablePayload) {
        try encoding.apply(to: &data, base64: &b64data, field: "data")
        try encoding.apply(to: &info, base64: &b64info, field: "info")
    }
}

extension SubRefreshResult: EventResult {
    static var refused: Self? { .expired }

    mutating func encodePayloads(as encoding: PayloadEncoding) throws(UnsendablePayload) {
        try encoding.apply(to: &info, base64: &b64info, field: "info")
    }
}

extension PublishResult: EventResult {
    mutating func encodePayloads(as encoding: PayloadEncoding) throws(UnsendablePayload) {
        try encoding.apply(to: &data, base64: &b64data, field: "data")
    }
}

extension RPCResult: EventResult {
    mutating func encodePayloads(as encoding: PayloadEncoding) throws(UnsendablePayload) {
        try encoding.apply(to: &data, base64: &b64data, field: "data")
    }
}

extension MapPublishResult: EventResult {
    mutating func encodePayloads(as encoding: PayloadEncoding) throws(UnsendablePayload) {
        try encoding.apply(to: &data, base64: &b64data, field: "data")
        try encoding.apply(to: &streamData, base64: &b64streamData, field: "streamData")
    }
}

extension MapRemoveResult: EventResult {}
extension SharedPollRefreshResult: EventResult {}
extension NotifyCacheEmptyResult: EventResult {}
extension NotifyChannelStateResult: EventResult {}
