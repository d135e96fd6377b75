#if HTTPBridge
import CentrifugoProxy

/// How a call of the bridge ended: the values of its metric's dimension `outcome`.
enum BridgeOutcome: String, CaseIterable {
    /// The upstream answered, with whatever status.
    case answered
    /// The method or the payload makes no sense; nothing was sent.
    case badRequest = "bad_request"
    /// No rule allows the call; nothing was sent.
    case notAllowed = "not_allowed"
    /// The request is above the limit; nothing was sent.
    case tooLarge = "too_large"
    /// There is no whole answer in time.
    case unavailable
    /// The answer is not JSON.
    case badAnswer = "bad_answer"
    /// The answer is above the limit.
    case answerTooLarge = "answer_too_large"
    /// The call was cancelled, and the HTTP request with it.
    case cancelled

    /// The access log's reason; nil for what no rule or limit has refused.
    var refusalReason: RefusalReason? {
        switch self {
        case .notAllowed: .noRule
        case .tooLarge, .answerTooLarge: .tooLarge
        case .answered, .badRequest, .unavailable, .badAnswer, .cancelled: nil
        }
    }
}

/// Why a call has no answer: what it counts as, what the client hears, and what the log says.
struct BridgeError: Error {
    let outcome: BridgeOutcome
    let refusal: CentrifugoError
    /// For the log; nil for what a client did wrong, which nobody has to look at.
    let reason: String?

    static let badRequest = BridgeError(outcome: .badRequest, refusal: .badRequest, reason: nil)
    /// As if it did not exist, so that nobody learns what does.
    static let notAllowed = BridgeError(outcome: .notAllowed, refusal: .notFound, reason: nil)
    static let tooLarge = BridgeError(
        outcome: .tooLarge,
        refusal: CentrifugoError(uncheckedCode: 413, message: "request too large"),
        reason: nil
    )

    static func unavailable(_ reason: String) -> BridgeError {
        BridgeError(outcome: .unavailable, refusal: .unavailable, reason: reason)
    }

    /// Not temporary: the same call would most likely end the same way.
    static func badAnswer(_ reason: String) -> BridgeError {
        BridgeError(outcome: .badAnswer, refusal: badGateway, reason: reason)
    }

    /// Nor is this one.
    static func answerTooLarge(limit: Int) -> BridgeError {
        BridgeError(
            outcome: .answerTooLarge,
            refusal: badGateway,
            reason: "the answer is larger than maxAnswerSize (rpc.http.max_answer_size in a policy), \(limit) bytes"
        )
    }

    private static let badGateway = CentrifugoError(uncheckedCode: 502, message: "bad gateway")
}
#endif
