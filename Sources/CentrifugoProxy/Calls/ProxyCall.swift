import GRPCCall
import HTTP2Framing
import HTTP2Transport
import Logging
import ProtobufWire
import ProxyMessages

/// A unary call: its stream, its deadline, its request, and its answer.
///
/// Not generic: only the route's closures know the event's types. A generic class would run unspecialised code here.
final class ProxyCall: LoopCall, RoutedCall {
    /// How far the call has come.
    private enum State {
        /// The handler has it.
        case running
        /// The answer was encoded on another thread, or has a status in place of a message: the loop still has to send it.
        case encoded(MessageBuffer, GRPCStatus?)
        /// The peer has its answer, or none is to be sent.
        case ended(CallEnd)
    }

    let request: DecodedRequest
    let context: CallContext
    let stream: HTTP2Stream
    /// Whether the peer reads compressed answers.
    let acceptsGzip: Bool
    @exclusivity(unchecked) var loopState = LoopCallState()
    /// How the call has ended for its peer, when that was before the handler was done.
    @exclusivity(unchecked) var earlyEnd: CallEnd?
    /// The armed deadline.
    @exclusivity(unchecked) var timer: Int32?
    @exclusivity(unchecked) private var state = State.running
    /// What the handler's answer says.
    @exclusivity(unchecked) private var verdict = CallVerdict.accepted
    /// Whether the observer has been told how the call has ended.
    @exclusivity(unchecked) private var isObserved = false
    /// When the request was read, in nanoseconds of `ServerLoop.clock`.
    private let receivedAt: UInt64
    /// The user that a Connect handler has found; nil when nobody wants to know.
    private var user: String?
    let trace: CallTrace?
    private let connection: ProxyConnection
    private let route: Route
    private let charge: MemoryCharge

    init(
        route: Route,
        request: DecodedRequest,
        context: CallContext,
        stream: HTTP2Stream,
        acceptsGzip: Bool,
        receivedAt: UInt64,
        trace: CallTrace?,
        connection: ProxyConnection,
        charge: consuming MemoryCharge
    ) {
        self.receivedAt = receivedAt
        self.trace = trace
        self.route = route
        self.request = request
        self.context = context
        self.stream = stream
        self.acceptsGzip = acceptsGzip
        self.connection = connection
        self.charge = charge
    }

    var logger: Logger { connection.logger }

    var failures: HandlerFailures { connection.shared.service.failures }

    var name: String? { context.event.methodName }

    /// The event's position in `ProxyEvent.allCases`.
    var eventIndex: Int { route.index }

    var kind: ObjectIdentifier? { ObjectIdentifier(route) }

    nonisolated(nonsending) func run() async {
        await route.work(self)
    }

    func next() -> (any RoutedCall)? {
        connection.loop.next(after: self) as? ProxyCall
    }

    // On the loop, where nearly all handlers run, the answer is encoded into the loop's own buffer and sent at once.
    func beginAnswer() -> MessageBuffer? {
        let message: MessageBuffer
        if connection.loop.isCurrent {
            guard connection.remove(self) else {
                state = .ended(endOfAbandoned)
                return nil
            }
            message = connection.shared.buffer
        } else {
            message = MessageBuffer()
        }
        message.begin()
        return message
    }

    func connected(as user: String) {
        if trace != nil || connection.observer?.isLogging(eventAt: route.index) ?? false { self.user = user }
    }

    func endAnswer(_ message: MessageBuffer, _ status: GRPCStatus?, _ verdict: CallVerdict) {
        self.verdict = verdict
        if message === connection.shared.buffer {
            let end = connection.answer(self, message, status)
            observe(end)
            state = .ended(end)
        } else {
            state = .encoded(message, status)
        }
    }

    func finish() {
        let end = end()
        observe(end)
        connection.shared.runCleanUps(of: context.call, after: end)
    }

    /// Tells the loop's observer how the call has ended for its peer, unless it knows that.
    func observe(_ end: CallEnd) {
        guard !isObserved, let observer = connection.observer else { return }
        isObserved = true
        let wantsSubject = trace != nil || observer.isLogging(eventAt: route.index)
        if verdict.kind == .accepted, !wantsSubject, case .answered = end {
            let deadline = context.call.deadline
            return observer.accepted(eventAt: route.index, receivedAt: receivedAt, deadline: deadline)
        }
        var verdict = verdict
        var reason = verdict.kind == .accepted ? nil : context.refusalReason
        switch end {
        case .answered: break
        case .failed(let status):
            // Of the accepted calls, only one whose answer exceeds the limit ends like this.
            let isTooLarge = verdict.kind == .accepted && status.code == .resourceExhausted
            reason = isTooLarge ? .tooLarge : context.refusalReason
            verdict = CallVerdict(failed: status, of: route.event)
        case .abandoned:
            verdict = .abandoned
            reason = context.refusalReason
        }
        var observation = CallObservation(event: route.index, verdict, receivedAt: receivedAt)
        observation.reason = reason
        observation.deadline = context.call.deadline
        observation.trace = trace
        observer.observe(observation, about: subject)
    }

    /// Who asks for what.
    private var subject: CallSubject {
        var subject = route.subject(request)
        if let user { subject.found(user: user) }
        return subject
    }

    private func end() -> CallEnd {
        switch state {
        case .ended(let end): end
        case .encoded(let message, let status):
            connection.remove(self) ? connection.answer(self, message, status) : endOfAbandoned
        case .running:
            connection.remove(self) ? connection.answer(self, MessageBuffer(), .unknownFailure) : endOfAbandoned
        }
    }

    /// How the call has ended for its peer when that was before the handler was done.
    private var endOfAbandoned: CallEnd { earlyEnd ?? .abandoned }

    func deadlinePassed() {
        timer = nil
        connection.giveUp(self, status: GRPCStatus(.deadlineExceeded, "the deadline passed"))
    }
}
