import CentrifugoProxy
import ProxyMessages

/// The rules that all events share, applied to one answer, and the warnings that come up.
struct AnswerRules {
    let event: ProxyEvent
    let simulator: Simulator
    /// Whether Centrifugo cannot make sense of the answer.
    private(set) var isBroken = false
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
        SimulatedOutcome(effect: effect, next: next, data: data, warnings: warnings)
    }

    /// An error of Centrifugo's own.
    func error(_ code: UInt32, _ message: String, temporary: Bool = false) -> SimulatedOutcome {
        let error = CentrifugoError(uncheckedCode: code, message: message, temporary: temporary)
        return outcome(.error(code: code, message: message), next: NextStep(after: error, of: event))
    }

    /// What Centrifugo makes of a failed call and of an answer that it cannot read.
    func internalError() -> SimulatedOutcome {
        outcome(.error(code: 100, message: "internal server error"), next: NextStep(afterFailureOf: event))
    }

    func closed(_ code: UInt32, _ reason: String) -> SimulatedOutcome {
        let disconnect = Disconnect(uncheckedCode: code, reason: reason)
        return outcome(.closed(code: code, reason: reason), next: NextStep(after: disconnect))
    }

    func unsubscribed(_ code: UInt32) -> SimulatedOutcome {
        outcome(.unsubscribed(code: code), next: .subscribesAgain)
    }

    // MARK: Refusals

    /// What a reply refuses with, where Centrifugo reads refusals: a disconnect wins over an error, and that over a
    /// result.
    mutating func refusal<Result>(_ reply: Reply<Result>) -> SimulatedOutcome? {
        if let disconnect = reply.disconnect {
            if reply.error != nil { warn(.ignoredField, "error: the disconnect wins") }
            if reply.result != nil { warn(.ignoredField, "result: the disconnect wins") }
            check(disconnect)
            return closed(disconnect.code, disconnect.reason)
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

    /// Warns of refusals where Centrifugo reads none.
    mutating func ignoreRefusals<Result>(of reply: Reply<Result>) {
        let mend = event == .notifyCacheEmpty ? "it is not read here" : "it is not read here; say expired"
        if reply.error != nil { warn(.ignoredField, "error: \(mend)") }
        if reply.disconnect != nil { warn(.ignoredField, "disconnect: \(mend)") }
    }

    private mutating func check(_ disconnect: Disconnect) {
        if !Disconnect.codes.contains(disconnect.code) {
            warn(.codeOutOfRange, "disconnect \(disconnect.code): an application has 4000 to 4999")
        }
        let length = disconnect.reason.utf8.count
        if length > 123 {
            warn(.badReason, "a reason of \(length) bytes breaks the close frame, which has room for 123")
        } else if length > Disconnect.longestReason {
            warn(.badReason, "a reason of \(length) bytes is longer than the 32 that are documented")
        }
        if !disconnect.reason.utf8.allSatisfy({ $0 < 0x80 }) { warn(.badReason, "a reason is ASCII") }
    }

    // MARK: Values

    /// When it expires; nil when that has passed.
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

    /// The bytes that are meant: the b64 field wins, but for the data of publications.
    ///
    /// What is the client's own may be any bytes if it speaks protobuf; the rest is read by others, too.
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

    mutating func checkMeta(_ meta: [UInt8]) {
        if !meta.isEmpty, !JSONText.isValid(meta) { warn(.notJSON, "meta is JSON, whatever the client's encoding") }
    }

    private mutating func checked(_ bytes: [UInt8], _ name: String, _ isTheClients: Bool) -> [UInt8] {
        let mayBeAny =
            simulator.protocol == "protobuf" && (isTheClients || simulator.encoding == "binary")
        if !mayBeAny, !bytes.isEmpty, !JSONText.isValid(bytes) {
            warn(.notJSON, "\(name): a client that reads JSON cannot read the frame that this is in")
        }
        return bytes
    }
}
