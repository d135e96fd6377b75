import GRPCCall
import Logging
import ProxyMessages

/// What an event gets that nobody handles: a refusal, at once.
///
/// Silence would cost the peer its timeout, and an empty answer would mean "allowed".
enum UnhandledAnswer {
    /// A reply, behind its length prefix.
    case message([UInt8])
    case status(GRPCStatus)

    init(_ event: ProxyEvent) {
        let notFound = CentrifugoError.notFound
        self =
            switch event {
            case .connect: .message(ConnectResponse(disconnect: .noHandler).lengthPrefixed())
            case .refresh: .message(RefreshResponse(result: .expired).lengthPrefixed())
            case .subRefresh: .message(SubRefreshResponse(result: .expired).lengthPrefixed())
            case .subscribe: .message(SubscribeResponse(error: notFound).lengthPrefixed())
            case .publish: .message(PublishResponse(error: notFound).lengthPrefixed())
            case .rpc: .message(RPCResponse(error: notFound).lengthPrefixed())
            case .mapPublish: .message(MapPublishResponse(error: notFound).lengthPrefixed())
            case .mapRemove: .message(MapRemoveResponse(error: notFound).lengthPrefixed())
            case .subscribeUnidirectional, .subscribeBidirectional:
                .message(
                    StreamSubscribeResponse(subscribeResponse: SubscribeResponse(error: notFound)).lengthPrefixed()
                )
            case .notifyCacheEmpty:
                // A failure here would fail the subscribe that Centrifugo is working on.
                .message(NotifyCacheEmptyResponse(result: NotifyCacheEmptyResult(populated: false)).lengthPrefixed())
            case .sharedPollRefresh, .notifyChannelState:
                .status(GRPCStatus(.unimplemented, "no handler for \(event.methodName)"))
            }
    }
}

extension Logger {
    /// Warns of an event that nobody handles.
    func unhandled(_ event: ProxyEvent) {
        warning(
            "an event has no handler and is refused; register one, or switch the proxy off in Centrifugo",
            metadata: [
                "event": "\(event.methodName)", "centrifugo": "\(event.centrifugoOption)",
                "reason": "\(RefusalReason.noRule)",
            ]
        )
    }
}
