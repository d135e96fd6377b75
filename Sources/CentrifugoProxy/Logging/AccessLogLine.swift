import GRPCCall
import Logging
import ProxyMessages

/// The content of one call's line in the access log.
struct AccessLogLine: Sendable {
    private static let accepted = "accepted"

    let event: ProxyEvent
    var duration = Duration.zero
    /// Why the call was refused; nil when it was not, or when no reason was given.
    var reason: RefusalReason?
    private var outcome = ""
    /// What the client's SDK does next; nil when the call does not affect it.
    private var next: NextStep?
    private var user: String?
    private let client: String?
    private let target: String?

    init(_ request: some EventRequest, event: ProxyEvent) {
        self.event = event
        user = request.userID
        client = request.clientID
        target = request.target
    }

    var metadata: Logger.Metadata {
        var metadata: Logger.Metadata = [
            "event": "\(event.methodName)",
            "outcome": "\(outcome)",
            "milliseconds": "\(Self.milliseconds(duration))",
        ]
        if let reason { metadata["reason"] = "\(reason)" }
        if let next { metadata["next"] = "\(next)" }
        if let user { metadata["user"] = "\(user.shortened)" }
        if let client { metadata["client"] = "\(client.shortened)" }
        if let target { metadata[CallSubject.key(ofTargetOf: event)] = "\(target.shortened)" }
        return metadata
    }

    /// The handler has accepted.
    mutating func answered(_ answer: some EventAnswer) {
        if let connected = answer as? ConnectResult { user = connected.user }
        if answer.isExpiry {
            outcome = "expired"
            next = event == .refresh ? .reconnects : .subscribesAgain
        } else {
            outcome = Self.accepted
        }
    }

    /// The handler has thrown.
    mutating func threw(_ error: any Error) {
        switch error {
        case let error as CentrifugoError: refused(by: error)
        case is PayloadError: refused(by: .badRequest)
        case let disconnect as Disconnect:
            if isRefresh { return answered(RefreshResult.expired) }
            outcome = "disconnected \(disconnect.code)"
            next = NextStep(after: disconnect)
        case let status as GRPCStatus: failed(status.code == .ok ? .unknownFailure : status)
        case is CancellationError: failed(GRPCStatus(.cancelled))
        default: failed(.unknownFailure)
        }
    }

    /// The call is over; this changes the line only if something other than the handler decided the end.
    mutating func ended(_ end: CallEnd) {
        switch end {
        case .answered: break
        case .failed(let status):
            // Of the accepted calls, only one whose answer exceeds the limit ends like this.
            if outcome == Self.accepted, status.code == .resourceExhausted { reason = .tooLarge }
            failed(status)
        case .abandoned:
            outcome = "abandoned"
            next = nil
        }
    }

    /// An accepted stream is over.
    mutating func streamEnded(_ end: CallEnd) {
        switch end {
        case .answered:
            outcome = "finished"
            next = .finished
        case .failed(let status):
            outcome = "interrupted \(status.code)"
            next = .subscribesAgain
        case .abandoned:
            outcome = "left"
            next = nil
        }
    }

    private var isRefresh: Bool { event == .refresh || event == .subRefresh }

    private mutating func refused(by error: CentrifugoError) {
        if isRefresh { return answered(RefreshResult.expired) }
        outcome = "error \(error.code)"
        next = NextStep(after: error, of: event)
    }

    private mutating func failed(_ status: GRPCStatus) {
        outcome = "failed \(status.code)"
        next = NextStep(afterFailureOf: event)
    }

    private static func milliseconds(_ duration: Duration) -> String {
        let microseconds = duration.nanoseconds / 1_000
        let fraction = "\(microseconds % 1_000)"
        return "\(microseconds / 1_000).\(String(repeating: "0", count: 3 - fraction.count))\(fraction)"
    }
}
