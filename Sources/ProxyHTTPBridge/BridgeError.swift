#if HTTPBridge
import CentrifugoProxy

/// How a call of the bridge ended: the values of its metric's dimension `outcome`.
enum BridgeOutcome: String, CaseIterable {
    /// The upstream answered, with any status.
    case answered
    /// The method or the payload is invalid; nothing was sent.
    case badRequest = "bad_request"
    /// No rule allows the call; nothing was sent.
    case notAllowed = "not_allowed"
    /// The request exceeds the limit; nothing was sent.
    case tooLarge = "too_large"
    /// No complete answer arrived in time.
    case unavailable
    /// The answer is not JSON.
    case badAnswer = "bad_answer"
    /// The answer exceeds the limit.
    case answerTooLarge = "answer_too_large"
    /// The call was cancelled, and the HTTP request with it.
    case cancelled

    /// The access log's reason; nil unless a rule or a limit refused the call.
    var refusalReason: RefusalReason? {
        switch self {
        case .notAllowed: .noRule
        case .tooLarge, .answerTooLarge: .tooLarge
        case .answered, .badRequest, .unavailable, .badAnswer, .cancelled: nil
        }
    }
}

/// Why a call has no answer: its outcome, the client's error, and the log's text.
struct BridgeError: Error {
    let outcome: BridgeOutcome
    let refusal: CentrifugoError
    /// For the log; nil for a client's mistake, which operators need not know.
    let reason: String?

    static let badRequest = BridgeError(outcome: .badRequest, refusal: .badRequest, reason: nil)
    /// The same as for a path that does not exist, so that clients do not learn which paths do.
    static let notAllowed = BridgeError(outcome: .notAllowed, refusal: .notFound, reason: nil)
    static let tooLarge = BridgeError(
        outcome: .tooLarge,
        refusal: CentrifugoError(uncheckedCode: 413, message: "request too large"),
        reason: nil
    )

    static func unavailable(_ reason: String) -> BridgeError {
        BridgeError(outcome: .unavailable, refusal: .unavailable, reason: reason)
    }

    /// Not temporary: the same call would probably fail again.
    static func badAnswer(_ reason: String) -> BridgeError {
        BridgeError(outcome: .badAnswer, refusal: badGateway, reason: reason)
    }

    /// Not temporary either.
    static func answerTooLarge(limit: Int, section: String) -> BridgeError {
        BridgeError(
            outcome: .answerTooLarge,
            refusal: badGateway,
            reason: "the answer is larger than maxAnswerSize (\(section).max_answer_size in a policy), \(limit) bytes"
        )
    }

    private static let badGateway = CentrifugoError(uncheckedCode: 502, message: "bad gateway")
}
#endif
