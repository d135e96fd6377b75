import GRPCCall
import HTTP2Transport
import ProxyMessages

/// What is known of a call, or of a stream, when its peer gets the outcome.
struct CallObservation {
    /// The event's position in `ProxyEvent.allCases`.
    let event: Int
    var verdict: CallVerdict
    var reason: RefusalReason?
    /// When the request was read, in nanoseconds of `ServerLoop.clock`.
    var receivedAt: UInt64
    /// In nanoseconds of the same clock.
    var deadline: UInt64?
    /// Who asked for what; nil when nobody wants to know.
    var subject: RequestSubject?
    var trace: CallTrace?
    /// How an accepted stream has ended; nil for the decision, and for calls that are not streams.
    var ending: StreamEnding?
    /// The status of an ending that is one.
    var endStatus: GRPCStatus.Code?

    init(event: Int, _ verdict: CallVerdict, receivedAt: UInt64) {
        self.event = event
        self.verdict = verdict
        self.receivedAt = receivedAt
    }
}

/// Who asked for what, for logs and spans.
struct RequestSubject: Sendable {
    var user: String?
    let client: String?
    /// The method or the channel.
    let target: String?

    init(_ request: some EventRequest) {
        user = request.userID
        client = request.clientID
        target = request.target
    }

    /// The bytes that its texts take.
    var byteCount: Int { [user, client, target].reduce(0) { $0 + ($1?.utf8.count ?? 0) } }
}
