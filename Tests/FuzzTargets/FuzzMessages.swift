import ProtobufWire
import ProxyMessages

/// A message decoder, chosen by the first byte: what can be decoded can be encoded and decoded again, with the same
/// result.
@Sendable func fuzzMessages(_ input: UnsafeRawBufferPointer) throws {
    var choices = Choices(input)
    let type = MessageTypes.all[Int(choices.byte()) % MessageTypes.all.count]
    try roundTrip(type, choices.remainder())
}

private func roundTrip<Message: WireMessage & Equatable>(_ type: Message.Type, _ bytes: [UInt8]) throws {
    guard let message = try? Message(wireBytes: bytes) else { return }
    let written = message.wireBytes()
    let again: Message
    do {
        again = try Message(wireBytes: written)
    } catch {
        throw Finding("\(Message.wireName) cannot read what it wrote: \(error)")
    }
    try promise(again == message, "\(Message.wireName) changes when it is written and read")
    try promise(again.wireBytes() == written, "\(Message.wireName) is written in two ways")
    // A tag and a length for each nested message may be longer than they were, but never by more than its own bytes.
    try promise(written.count <= bytes.count * 8 + 16, "\(Message.wireName) grew from \(bytes.count) bytes")
}

enum MessageTypes {
    static let all: [any (WireMessage & Equatable).Type] = requests + results + replies + shared

    private static let requests: [any (WireMessage & Equatable).Type] = [
        ConnectRequest.self, RefreshRequest.self, SubscribeRequest.self, PublishRequest.self, MapPublishRequest.self,
        MapRemoveRequest.self, RPCRequest.self, SubRefreshRequest.self, StreamSubscribeRequest.self,
        NotifyCacheEmptyRequest.self, NotifyChannelStateRequest.self, ChannelEvent.self,
        SharedPollRefreshRequest.self, SharedPollRefreshItem.self,
    ]

    private static let results: [any (WireMessage & Equatable).Type] = [
        ConnectResult.self, RefreshResult.self, SubscribeResult.self, PublishResult.self, MapPublishResult.self,
        MapRemoveResult.self, RPCResult.self, SubRefreshResult.self, NotifyCacheEmptyResult.self,
        NotifyChannelStateResult.self, SharedPollRefreshResult.self, SharedPollRefreshResultItem.self,
    ]

    private static let replies: [any (WireMessage & Equatable).Type] = [
        ConnectResponse.self, RefreshResponse.self, SubscribeResponse.self, PublishResponse.self,
        MapPublishResponse.self, MapRemoveResponse.self, RPCResponse.self, SubRefreshResponse.self,
        NotifyCacheEmptyResponse.self, NotifyChannelStateResponse.self, SharedPollRefreshResponse.self,
        StreamSubscribeResponse.self,
    ]

    private static let shared: [any (WireMessage & Equatable).Type] = [
        CentrifugoError.self, Disconnect.self, FilterNode.self, SubscribeOptions.self, SubscribeOptionOverride.self,
        ChannelsCapability.self, Publication.self, BoolValue.self, Int32Value.self,
    ]
}
