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
    private let connection: ProxyConnection
    private let route: Route
    private let charge: MemoryCharge

    init(
        route: Route,
        request: DecodedRequest,
        context: CallContext,
        stream: HTTP2Stream,
        acceptsGzip: Bool,
        connection: ProxyConnection,
        charge: consuming MemoryCharge
    ) {
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

    func endAnswer(_ message: MessageBuffer, _ status: GRPCStatus?) {
        if message === connection.shared.buffer {
            state = .ended(connection.answer(self, message, status))
        } else {
            state = .encoded(message, status)
        }
    }

    func finish() {
        connection.shared.runCleanUps(of: context.call, after: end())
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
