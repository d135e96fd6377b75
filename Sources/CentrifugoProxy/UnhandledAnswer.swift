import GRPCCall
import ProtobufWire
import ProxyMessages

/// What an event gets that nobody handles: a refusal, at once.
///
/// Silence would cost the peer its timeout, and an empty answer would mean "allowed".
enum UnhandledAnswer {
    case message([UInt8])
    case status(GRPCStatus)

    init(_ event: ProxyEvent) {
        let notFound = CentrifugoError.notFound
        self =
            switch event {
            case .connect: .message(ConnectResponse(disconnect: .noHandler).wireBytes())
            case .refresh: .message(RefreshResponse(result: .expired).wireBytes())
            case .subRefresh: .message(SubRefreshResponse(result: .expired).wireBytes())
            case .subscribe: .message(SubscribeResponse(error: notFound).wireBytes())
            case .publish: .message(PublishResponse(error: notFound).wireBytes())
            case .rpc: .message(RPCResponse(error: notFound).wireBytes())
            case .mapPublish: .message(MapPublishResponse(error: notFound).wireBytes())
            case .mapRemove: .message(MapRemoveResponse(error: notFound).wireBytes())
            case .subscribeUnidirectional, .subscribeBidirectional:
                .message(
                    StreamSubscribeResponse(subscribeResponse: SubscribeResponse(error: notFound)).wireBytes()
                )
            case .notifyCacheEmpty:
                // A failure here would fail the subscribe that Centrifugo is working on.
                .message(NotifyCacheEmptyResponse(result: NotifyCacheEmptyResult(populated: false)).wireBytes())
            case .sharedPollRefresh, .notifyChannelState:
                .status(GRPCStatus(.unimplemented, "no handler for \(event.methodName)"))
            }
    }
}
