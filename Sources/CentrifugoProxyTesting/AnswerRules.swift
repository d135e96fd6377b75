import CentrifugoProxy
import ProtobufWire
import ProxyMessages

/// Applies the rules that all events share to one answer, and collects warnings.
struct AnswerRules {
    let event: ProxyEvent
    let simulator: Simulator
    /// Whether Centrifugo cannot read the answer.
    private(set) var isBroken = false
    /// Whether the client gets data that closes a client with JSON.
    private(set) var closesClient = false
    /// Whether other clients get data that closes clients with JSON.
    private var closesReaders = false
    private var warnings: [SimulatorWarning] = []

    init(_ event: ProxyEvent, _ simulator: Simulator) {
        self.event = event
        self.simulator = simulator
    }

    mutating func warn(_ kind: SimulatorWarning.Kind, _ text: String) {
        warnings.append(SimulatorWarning(kind, text))
    }

    // MARK: Outcomes

    func outcome(_ effect: SimulatedOutcome.Effect, next: NextStep? = nil, data: [UInt8] = []) -> SimulatedOutcome {
        var outcome = SimulatedOutcome(effect: effect, next: next, data: data, warnings: warnings)
        if closesReaders, effect.isAllowed { outcome.readers = Self.unreadable }
        return outcome
    }

    /// The effect on a client with JSON that is sent other data.
    private static let unreadable = SimulatedOutcome.Effect.closed(code: 3506, reason: "inappropriate protocol")

    /// An error of Centrifugo's own.
    func error(_ code: UInt32, _ message: String, temporary: Bool = false) -> SimulatedOutcome {
        let error = CentrifugoError(uncheckedCode: code, message: message, temporary: temporary)
        return outcome(.error(code: code, message: message), next: NextStep(after: error, of: event))
    }

    /// What Centrifugo does after a failed call, and mostly after an answer that it cannot read.
    func failure() -> SimulatedOutcome {
        let next = NextStep(afterFailureOf: event)
        return switch event {
        case .refresh, .subRefresh: outcome(.keptForAMinute, next: next)
        case .sharedPollRefresh, .notifyChannelState: outcome(.nothingChanges, next: next)
        default: outcome(.error(code: 100, message: "internal server error"), next: next)
        }
    }

    /// The effect on a client with JSON whose answer has other data.
    func closedByPayload() -> SimulatedOutcome { outcome(Self.unreadable, next: .staysClosed) }

    func closed(_ code: UInt32, _ reason: String) -> SimulatedOutcome {
        let disconnect = Disconnect(uncheckedCode: code, reason: reason)
        return outcome(.closed(code: code, reason: reason), next: NextStep(after: disconnect))
    }

    func unsubscribed(_ code: UInt32) -> SimulatedOutcome {
        outcome(.unsubscribed(code: code), next: .subscribesAgain)
    }

    // MARK: Refusals

    /// The most bytes of a reason in a close frame.
    private static let longestReason = 123

    /// Whether an answer exceeds Centrifugo's limit.
    mutating func isTooLarge(_ answer: some WireMessage) -> Bool {
        let size = answer.wireBytes().count
        guard size > Simulator.largestAnswer else { return false }
        warn(.tooLarge, "an answer of \(size) bytes fails the call: Centrifugo takes 4 MiB")
        return true
    }

    /// The refusal of a reply, where Centrifugo reads refusals: a disconnect takes precedence over an error, and an
    /// error over a result.
    mutating func refusal<Result>(_ reply: Reply<Result>) -> SimulatedOutcome? {
        if let disconnect = reply.disconnect {
            if reply.error != nil { warn(.ignoredField, "error: the disconnect wins") }
            if reply.result != nil { warn(.ignoredField, "result: the disconnect wins") }
            check(disconnect)
            // The close frame has 16 bits for the code. If a code cannot be sent, clients see only the end.
            let code = disconnect.code & 0xFFFF
            let isSent = 3_001...4_999 ~= code && disconnect.reason.utf8.count <= Self.longestReason
            return isSent ? closed(code, disconnect.reason) : closed(1006, "")
        }
        guard let error = reply.error else { return nil }
        if reply.result != nil { warn(.ignoredField, "result: the error wins") }
        if !CentrifugoError.codes.contains(error.code) {
            warn(.codeOutOfRange, "error \(error.code): an application has 400 to 1999")
        }
        if error.temporary, event == .subscribeUnidirectional {
            warn(.ignoredField, "temporary: it is not read in a stream")
        }
        return outcome(.error(code: error.code, message: error.message), next: NextStep(after: error, of: event))
    }

    /// Warns about refusals where Centrifugo does not read them.
    mutating func ignoreRefusals<Result>(of reply: Reply<Result>) {
        let hint = event == .notifyCacheEmpty ? "it is not read here" : "it is not read here; say expired"
        if reply.error != nil { warn(.ignoredField, "error: \(hint)") }
        if reply.disconnect != nil { warn(.ignoredField, "disconnect: \(hint)") }
    }

    private mutating func check(_ disconnect: Disconnect) {
        if !Disconnect.codes.contains(disconnect.code) {
            warn(.codeOutOfRange, "disconnect \(disconnect.code): an application has 4000 to 4999")
        }
        let length = disconnect.reason.utf8.count
        if length > Self.longestReason {
            let room = Self.longestReason
            warn(.badReason, "a reason of \(length) bytes breaks the close frame, which has room for \(room)")
        } else if length > Disconnect.longestReason {
            warn(.badReason, "a reason of \(length) bytes is longer than the 32 that are documented")
        }
        if !disconnect.reason.utf8.allSatisfy({ $0 < 0x80 }) { warn(.badReason, "a reason is ASCII") }
    }

    // MARK: Values

    /// When it expires; nil when the time has passed.
    mutating func expiry(_ time: Int64) -> SimulatedOutcome.Expiry? {
        guard time != 0 else { return .never }
        let now = simulator.now ?? ClientPayload.now
        guard time > now else {
            warn(.timeInThePast, "expire_at \(time) is not after \(now): times are unix seconds")
            return nil
        }
        guard time - now > Simulator.longestExpiry else { return .at(time) }
        warn(.timeTooFar, "expire_at \(time) is capped at 365 days: times are unix seconds, not milliseconds")
        return .at(now + Simulator.longestExpiry)
    }

    /// The payload's bytes: the b64 field takes precedence, except for the data of publications.
    ///
    /// Data that only the client reads may be any bytes if it speaks protobuf; other clients read the rest, too.
    mutating func payload(
        _ plain: Payload,
        _ base64: String,
        _ name: String,
        plainWins: Bool = false,
        isTheClients: Bool = false
    ) -> [UInt8] {
        guard !base64.isEmpty, !(plainWins && !plain.isEmpty) else {
            if !base64.isEmpty { warn(.ignoredField, "b64 of \(name): the plain field wins here") }
            return checked(plain.bytes, name, isTheClients)
        }
        if !plain.isEmpty { warn(.ignoredField, "\(name): the b64 field wins") }
        guard let bytes = ClientPayload.bytes(ofBase64: base64) else {
            warn(.notBase64, "b64 of \(name)")
            isBroken = true
            return []
        }
        return checked(bytes, name, isTheClients)
    }

    mutating func checkMeta(_ meta: Payload) {
        if !meta.isEmpty, !JSONSyntax.isValid(meta.bytes) {
            warn(.notJSON, "meta is JSON, whatever the client's encoding")
        }
    }

    private mutating func checked(_ bytes: [UInt8], _ name: String, _ isTheClients: Bool) -> [UInt8] {
        let mayBeAny =
            simulator.protocol == "protobuf" && (isTheClients || simulator.encoding == "binary")
        if !mayBeAny, !bytes.isEmpty, !JSONSyntax.isValid(bytes) {
            warn(.notJSON, "\(name): it closes a client with JSON that is sent it")
            if isTheClients { closesClient = true } else { closesReaders = true }
        }
        return bytes
    }
}
