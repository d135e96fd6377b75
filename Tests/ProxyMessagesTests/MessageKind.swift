import ProxyMessages
import Testing

/// A message type with a value of it in which every field is set as `proxy_oracle.h` describes samples: strings and
/// bytes to the field's name in the proto, numbers to the field's number.
struct MessageKind: Sendable, CustomTestStringConvertible {
    let type: any (WireMessage & Equatable).Type
    let sample: any WireMessage & Equatable

    init<Message: WireMessage & Equatable>(_ sample: Message) {
        type = Message.self
        self.sample = sample
    }

    var name: String { "\(type.wireName)" }
    var testDescription: String { name }

    static let all = requests + results + replies + shared

    static let requests = [
        MessageKind(Samples.connectRequest), MessageKind(Samples.refreshRequest), MessageKind(Samples.subscribeRequest),
        MessageKind(Samples.publishRequest), MessageKind(Samples.mapPublishRequest),
        MessageKind(Samples.mapRemoveRequest), MessageKind(Samples.rpcRequest), MessageKind(Samples.subRefreshRequest),
        MessageKind(Samples.streamSubscribeRequest), MessageKind(Samples.notifyCacheEmptyRequest),
        MessageKind(Samples.notifyChannelStateRequest), MessageKind(Samples.channelEvent),
        MessageKind(Samples.sharedPollRefreshRequest), MessageKind(Samples.sharedPollRefreshItem),
    ]

    static let results = [
        MessageKind(Samples.connectResult), MessageKind(Samples.refreshResult), MessageKind(Samples.subscribeResult),
        MessageKind(Samples.publishResult), MessageKind(Samples.mapPublishResult), MessageKind(Samples.mapRemoveResult),
        MessageKind(Samples.rpcResult), MessageKind(Samples.subRefreshResult),
        MessageKind(Samples.notifyCacheEmptyResult), MessageKind(NotifyChannelStateResult()),
        MessageKind(Samples.sharedPollRefreshResult), MessageKind(Samples.sharedPollRefreshResultItem),
    ]

    static let replies = [
        MessageKind(Samples.reply(Samples.connectResult)), MessageKind(Samples.reply(Samples.refreshResult)),
        MessageKind(Samples.reply(Samples.subscribeResult)), MessageKind(Samples.reply(Samples.publishResult)),
        MessageKind(Samples.reply(Samples.mapPublishResult)), MessageKind(Samples.reply(Samples.mapRemoveResult)),
        MessageKind(Samples.reply(Samples.rpcResult)), MessageKind(Samples.reply(Samples.subRefreshResult)),
        MessageKind(NotifyCacheEmptyResponse(result: Samples.notifyCacheEmptyResult)),
        MessageKind(NotifyChannelStateResponse(result: NotifyChannelStateResult(), error: Samples.error)),
        MessageKind(SharedPollRefreshResponse(result: Samples.sharedPollRefreshResult, error: Samples.error)),
        MessageKind(Samples.streamSubscribeResponse),
    ]

    static let shared = [
        MessageKind(Samples.error), MessageKind(Samples.disconnect), MessageKind(Samples.filterNode),
        MessageKind(Samples.subscribeOptions), MessageKind(Samples.subscribeOptionOverride),
        MessageKind(Samples.channelsCapability), MessageKind(Samples.publication), MessageKind(BoolValue(value: true)),
        MessageKind(Int32Value(value: 1)),
    ]
}
