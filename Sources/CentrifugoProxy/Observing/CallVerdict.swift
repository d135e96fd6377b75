import GRPCCall
import ProxyMessages

/// How a call was decided, in the words of the access log, the metrics and the spans.
struct CallVerdict: Sendable, Equatable {
    /// The kinds of verdicts; none other is counted.
    enum Kind: UInt8, Sendable, CaseIterable {
        /// The handler allows what the client asked for.
        case accepted
        /// Refused by an error; the client keeps its connection.
        case error
        /// Refused by ending the client's connection.
        case disconnected
        /// The connection or subscription is not extended.
        case expired
        /// The call has failed with a gRPC status.
        case failed
        /// The peer has left before there was an answer.
        case abandoned
        /// Refused before a handler had it, since the server or the connection has too much to do.
        case shed
    }

    private(set) var kind: Kind
    /// What the client's SDK does next; nil when the call does not affect it.
    private(set) var next: NextStep?
    /// The code of an error or a disconnect, or the number of a gRPC status.
    private(set) var code: UInt32 = 0

    static let accepted = CallVerdict(kind: .accepted)
    static let abandoned = CallVerdict(kind: .abandoned)

    /// The verdict of a reply.
    init<Result: RoutedResult>(_ reply: borrowing Reply<Result>, of event: ProxyEvent) {
        if let disconnect = reply.disconnect {
            self.init(kind: .disconnected, next: NextStep(after: disconnect), code: disconnect.code)
        } else if let error = reply.error {
            self.init(kind: .error, next: NextStep(after: error, of: event), code: error.code)
        } else if Result.canExpire, reply.result?.isExpiry ?? false {
            self.init(kind: .expired, next: event == .refresh ? .reconnects : .subscribesAgain)
        } else {
            self = .accepted
        }
    }

    /// The verdict of a call that fails.
    init(failed status: GRPCStatus, of event: ProxyEvent) {
        self.init(kind: .failed, next: NextStep(afterFailureOf: event), code: UInt32(status.code.rawValue))
    }

    /// The verdict of a call that no handler gets, since there is too much to do.
    static func shed(_ event: ProxyEvent) -> CallVerdict {
        let code = UInt32(GRPCStatus.Code.unavailable.rawValue)
        return CallVerdict(kind: .shed, next: NextStep(afterFailureOf: event), code: code)
    }

    private init(kind: Kind, next: NextStep? = nil, code: UInt32 = 0) {
        self.kind = kind
        self.next = next
        self.code = code
    }

    /// What the peer gets, as a gRPC status: the errors of events are answers, and so their status is OK.
    var status: GRPCStatus.Code {
        switch kind {
        case .accepted, .error, .disconnected, .expired: .ok
        case .failed, .shed: GRPCStatus.Code(rawValue: Int(code)) ?? .unknown
        case .abandoned: .cancelled
        }
    }

    /// The code as text: `0` without one, a number, or the name of a gRPC status such as `UNAVAILABLE`.
    var codeText: String {
        switch kind {
        case .accepted, .expired, .abandoned: "0"
        case .error, .disconnected: String(code)
        case .failed, .shed: status.name
        }
    }
}

extension CallVerdict.Kind {
    /// The word of the access log, the metrics and the spans.
    ///
    /// Each call has one, and Swift would search its metadata for the name of a case.
    var word: String {
        switch self {
        case .accepted: "accepted"
        case .error: "error"
        case .disconnected: "disconnected"
        case .expired: "expired"
        case .failed: "failed"
        case .abandoned: "abandoned"
        case .shed: "shed"
        }
    }

    /// Whether the client was refused what it asked for.
    var isRefusal: Bool { self == .error || self == .disconnected || self == .expired }

    /// Whether there was no answer in the terms of the event.
    var isFailure: Bool { self == .failed || self == .abandoned || self == .shed }
}

/// How an accepted stream ended.
enum StreamEnding: UInt8, Sendable, CaseIterable {
    /// By its handler, for good.
    case finished
    /// By this side, so that the client subscribes again.
    case interrupted
    /// By the client, or because its connection was lost.
    case left

    init(_ end: CallEnd) {
        self =
            switch end {
            case .answered: .finished
            case .failed: .interrupted
            case .abandoned: .left
            }
    }

    /// The word of the access log, the metrics and the spans.
    var word: String {
        switch self {
        case .finished: "finished"
        case .interrupted: "interrupted"
        case .left: "left"
        }
    }

    /// What the client's SDK does next.
    var next: NextStep? {
        switch self {
        case .finished: .finished
        case .interrupted: .subscribesAgain
        case .left: nil
        }
    }
}
