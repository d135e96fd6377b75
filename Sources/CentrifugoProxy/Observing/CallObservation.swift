import GRPCCall
import HTTP2Transport
import ProxyMessages

/// What is known of a call, or of a stream, when its peer gets the outcome.
///
/// Small, since every call has one: what only logs and spans need is an object apart.
struct CallObservation {
    /// The event's position in `ProxyEvent.allCases`.
    let event: Int
    var verdict: CallVerdict
    var reason: RefusalReason?
    /// When the request was read, in nanoseconds of `ServerLoop.clock`.
    var receivedAt: UInt64
    /// In nanoseconds of the same clock.
    var deadline: UInt64?
    /// How many calls it stands for.
    var count: UInt64 = 1
    /// What only logs, spans and the ends of streams have; nil without them.
    var details: ObservationDetails?

    init(event: Int, _ verdict: CallVerdict, receivedAt: UInt64) {
        self.event = event
        self.verdict = verdict
        self.receivedAt = receivedAt
    }
}

/// The part of an observation that most calls do not have.
final class ObservationDetails {
    /// Who asked for what; nil when nobody wants to know.
    let subject: RequestSubject?
    let trace: CallTrace?
    /// How an accepted stream has ended; nil for the decision, and for calls that are not streams.
    let ending: StreamEnding?
    /// The status of an ending that is one.
    let endStatus: GRPCStatus.Code?

    init(
        subject: RequestSubject?,
        trace: CallTrace?,
        ending: StreamEnding? = nil,
        endStatus: GRPCStatus.Code? = nil
    ) {
        self.subject = subject
        self.trace = trace
        self.ending = ending
        self.endStatus = endStatus
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
