import GRPCCall
import ProxyMessages

/// The places of verdicts in arrays of counts, by their kind and code.
///
/// An application chooses its own codes, and each would be a series more. So the codes are a closed set: those that this
/// package has names for, and one place for all others.
enum VerdictSlot {
    private static let errors = [
        CentrifugoError.badRequest, .unauthorized, .permissionDenied, .notFound, .conflict, .rateLimited,
        .internalError, .unavailable,
    ].map(\.code)
    private static let disconnects = [
        Disconnect.goingAway, .serverError, .overloaded, .unauthorized, .noHandler, .forbidden, .badRequest,
    ].map(\.code)
    private static let statuses = GRPCStatus.Code.allCases
    /// The kinds whose code is always 0, in the order of their places.
    private static let codeless: [CallVerdict.Kind] = [.accepted, .expired, .abandoned]
    private static let firstError = 4
    private static let firstDisconnect = firstError + errors.count + 1
    private static let firstStatus = firstDisconnect + disconnects.count + 1

    /// The number of places.
    static let count = firstStatus + statuses.count

    /// The place of a verdict.
    static func index(of verdict: CallVerdict) -> Int {
        switch verdict.kind {
        case .accepted: 0
        case .expired: 1
        case .abandoned: 2
        case .shed: 3
        case .error: firstError + (errors.firstIndex(of: verdict.code) ?? errors.count)
        case .disconnected: firstDisconnect + (disconnects.firstIndex(of: verdict.code) ?? disconnects.count)
        case .failed: firstStatus + min(Int(verdict.code), statuses.count - 1)
        }
    }

    /// The place of verdicts of a kind whose code is 0; nil for a kind that always has another code.
    static func index(withoutCode kind: CallVerdict.Kind) -> Int? {
        codeless.firstIndex(of: kind)
    }

    /// The labels of every place: the verdict, and the code as text.
    static let labels: [(verdict: String, code: String)] = {
        var labels = codeless.map { ($0.word, "0") } + [(CallVerdict.Kind.shed.word, GRPCStatus.Code.unavailable.name)]
        for (kind, codes) in [(CallVerdict.Kind.error, errors), (.disconnected, disconnects)] {
            labels += codes.map { (kind.word, String($0)) } + [(kind.word, "other")]
        }
        return labels + statuses.map { (CallVerdict.Kind.failed.word, $0.name) }
    }()
}

extension NextStep {
    // Made once: `allCases` is made anew at each use.
    private static let all = allCases
    /// The number of places of next steps: one for none, then one for each.
    static let slotCount = all.count + 1

    /// The place of a next step.
    static func slot(of next: NextStep?) -> Int {
        next.flatMap { all.firstIndex(of: $0) }.map { $0 + 1 } ?? 0
    }

    /// The label of a place.
    static func label(ofSlot slot: Int) -> String {
        slot == 0 ? "none" : all[slot - 1].rawValue
    }
}

extension RefusalReason {
    private static let all = allCases
    /// The number of places of reasons in arrays of counts.
    static let slotCount = all.count

    /// The place of a reason in arrays of counts.
    var slot: Int { Self.all.firstIndex(of: self) ?? 0 }
}
