import ProxyMessages

/// What follows from an answer: what the client's SDK does next, or Centrifugo.
///
/// The access log has it as `next`, in these words.
public enum NextStep: String, Sendable, Hashable {
    /// The SDK connects again after a pause.
    case reconnects = "reconnects"
    /// The SDK stays closed.
    case staysClosed = "will not reconnect"
    /// The SDK subscribes again after a pause.
    case subscribesAgain = "subscribes again"
    /// The SDK gives the subscription up.
    case staysUnsubscribed = "will not subscribe again"
    /// A subscription's stream has come to its end, and the SDK leaves it there.
    case finished = "unsubscribed for good"
    /// The SDK hands the error to the application.
    case reportsError = "the application gets the error"
    /// The SDK hands error 100 to the application, which Centrifugo makes of a failed call.
    case reportsFailure = "the application gets error 100"
    /// The connection or subscription goes on for 60 s, and Centrifugo asks again.
    case staysForAMinute = "stays for a minute, then it is asked again"
    /// Centrifugo asks again, and no client notices.
    case asksAgain = "Centrifugo asks again"
}

extension NextStep: CustomStringConvertible {
    /// The words of the access log.
    public var description: String { rawValue }
}

extension NextStep {
    /// What follows from a disconnect, by its code.
    package init(after disconnect: Disconnect) {
        self = disconnect.isReconnecting ? .reconnects : .staysClosed
    }

    /// What follows from an error.
    package init(after error: CentrifugoError, of event: ProxyEvent) {
        // To SDKs codes below 100 are hiccups, and 109 asks for a new token.
        let isTransient = error.code < 100 || error.code == 109
        self =
            switch event {
            case .connect: error.temporary || isTransient ? .reconnects : .staysClosed
            // Centrifugo does not read `temporary` of a stream's first message.
            case .subscribeUnidirectional, .subscribeBidirectional: isTransient ? .subscribesAgain : .staysUnsubscribed
            case .subscribe: error.temporary || isTransient ? .subscribesAgain : .staysUnsubscribed
            case .sharedPollRefresh, .notifyChannelState: .asksAgain
            default: .reportsError
            }
    }

    /// What follows from a call that ends with a status: Centrifugo makes the same of each, by the event.
    package init(afterFailureOf event: ProxyEvent) {
        self =
            switch event {
            case .connect: .reconnects
            case .subscribe, .subscribeUnidirectional, .subscribeBidirectional, .notifyCacheEmpty: .subscribesAgain
            case .refresh, .subRefresh: .staysForAMinute
            case .sharedPollRefresh, .notifyChannelState: .asksAgain
            default: .reportsFailure
            }
    }
}
