import GRPCCall
import HTTP2Transport

/// What is known of a call, or of a stream, when its peer gets the outcome.
///
/// Small, since every call has one.
struct CallObservation {
    /// The event's position in `ProxyEvent.all`.
    let event: Int
    var verdict: CallVerdict
    var reason: RefusalReason?
    /// How an accepted stream has ended; nil for the decision, and for calls that are not streams.
    var ending: StreamEnding?
    /// The status of an ending that is one.
    var endStatus: GRPCStatus.Code?
    /// When the request was read, in nanoseconds of `ServerLoop.clock`.
    var receivedAt: UInt64
    /// In nanoseconds of the same clock.
    var deadline: UInt64?
    /// How many calls it stands for.
    var count: UInt64 = 1
    /// The span of a call that is traced.
    var trace: CallTrace?

    init(event: Int, _ verdict: CallVerdict, receivedAt: UInt64) {
        self.event = event
        self.verdict = verdict
        self.receivedAt = receivedAt
    }

    /// Nanoseconds from the request's arrival to a time of the same clock.
    func duration(until end: UInt64) -> UInt64 { end > receivedAt ? end - receivedAt : 0 }

    /// Whether the metrics need no more of it than that a call was accepted.
    var isPlain: Bool { verdict.kind == .accepted && reason == nil && ending == nil && trace == nil }
}
