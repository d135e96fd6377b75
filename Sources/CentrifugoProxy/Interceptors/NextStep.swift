import ProxyMessages

/// What the client's SDK, or Centrifugo, does next after an answer.
///
/// The raw value is the word of `next` in the access log, the metrics and the spans.
public enum NextStep: String, Sendable, Hashable, CaseIterable {
    /// The SDK connects again after a pause.
    case reconnects = "reconnects"
    /// The SDK stays closed.
    case staysClosed = "stays_closed"
    /// The SDK subscribes again after a pause.
    case subscribesAgain = "subscribes_again"
    /// The SDK gives up the subscription.
    case staysUnsubscribed = "stays_unsubscribed"
    /// A subscription's stream has ended normally, and the SDK does not subscribe again.
    case finished = "finished"
    /// The SDK reports the error to the application.
    case reportsError = "reports_error"
    /// The SDK reports error 100 to the application; Centrifugo turns a failed call into that error.
    case reportsFailure = "reports_failure"
    /// The connection or subscription continues for 60 s, then Centrifugo asks again.
    case staysForAMinute = "stays_for_a_minute"
    /// Centrifugo asks again, and clients notice nothing.
    case asksAgain = "asks_again"
}

extension NextStep: CustomStringConvertible {
    /// The step in plain words.
    public var description: String {
        switch self {
        case .reconnects: "reconnects"
        case .staysClosed: "will not reconnect"
        case .subscribesAgain: "subscribes again"
        case .staysUnsubscribed: "will not subscribe again"
        case .finished: "unsubscribed for good"
        case .reportsError: "the application gets the error"
        case .reportsFailure: "the application gets error 100"
        case .staysForAMinute: "stays for a minute, then it is asked again"
        case .asksAgain: "Centrifugo asks again"
        }
    }
}

extension NextStep {
    /// The next step after a disconnect, by its code.
    package init(after disconnect: Disconnect) {
        self = disconnect.isReconnecting ? .reconnects : .staysClosed
    }

    /// The next step after an error.
    package init(after error: CentrifugoError, of event: ProxyEvent) {
        // For SDKs, codes below 100 are temporary, and 109 asks for a new token.
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

    /// The next step after a call that fails with a status: Centrifugo treats all statuses alike, by the event.
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
