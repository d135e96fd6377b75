import GRPCCall
import ProxyMessages

/// How a call ends: with a reply in the event's own terms, or with a gRPC status.
enum Outcome<Result: RoutedResult> {
    case reply(Reply<Result>)
    case status(GRPCStatus)
}

extension Outcome {
    /// Says what a thrown error becomes; all events use this table.
    ///
    /// Text of the application's own errors never leaves the process: an error that is not listed is UNKNOWN.
    init(thrown error: any Error) {
        switch error {
        case let error as CentrifugoError: self.init(refusal: Reply(error: error))
        case let disconnect as Disconnect: self.init(refusal: Reply(disconnect: disconnect))
        case let status as GRPCStatus: self = .status(status.code == .ok ? .unknownFailure : status)
        case is PayloadError: self.init(refusal: Reply(error: .badRequest))
        case is CancellationError: self = .status(GRPCStatus(.cancelled))
        default: self = .status(.unknownFailure)
        }
    }

    /// A refusal as this event can say it.
    private init(refusal: Reply<Result>) {
        if let refused = Result.refused {
            self = .reply(Reply(result: refused))
        } else if refusal.disconnect != nil ? Result.replyFields >= .all : Result.replyFields >= .resultAndError {
            self = .reply(refusal)
        } else {
            // The event's answer cannot say it, and an answer without it would mean success.
            self = .status(.unknownFailure)
        }
    }
}

extension GRPCStatus {
    /// What the peer gets for an error of the application's own.
    static let unknownFailure = GRPCStatus(.unknown, "the handler failed")
}

/// Whether a thrown error refuses what a client asked for; any other error is a failure, which is logged.
func isRefusal(_ error: any Error) -> Bool {
    error is CentrifugoError || error is Disconnect || error is GRPCStatus || error is PayloadError
        || error is CancellationError
}
