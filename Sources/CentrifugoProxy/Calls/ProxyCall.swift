import GRPCCall
import HTTP2Framing
import HTTP2Transport
import Logging
import ProtobufWire
import ProxyMessages

/// A unary call on its way: its stream, its deadline, the work, and the answer.
///
/// Not generic: the event's types are behind the route's closures, made where they are known. As a generic class it was
/// run by unspecialised code, at about a third more time per call.
final class ProxyCall: LoopCall, RoutedCall {
    /// What has come of the call.
    private enum State {
        /// The loop has still to send this: the handler is done, on another thread, or it is not done yet.
        case encoded(Result<[UInt8], GRPCStatus>)
        /// The peer has its answer, or none is to be sent.
        case ended(CallEnd)
    }

    let request: DecodedRequest
    let context: CallContext
    let stream: HTTP2Stream
    /// Whether the peer reads compressed answers.
    let acceptsGzip: Bool
    @exclusivity(unchecked) var loopState = LoopCallState()
    /// What the peer was sent when that was before the handler was done.
    @exclusivity(unchecked) var earlyEnd: CallEnd?
    /// The armed deadline.
    @exclusivity(unchecked) var timer: Int32?
    @exclusivity(unchecked) private var state = State.encoded(.failure(.unknownFailure))
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

    /// Answers at once where the loop is: what the handler returned is encoded where it stands, and nothing is kept.
    func take(_ encode: (inout WireWriter) -> GRPCStatus?) {
        let isCurrent = connection.loop.isCurrent
        state = isCurrent ? .ended(connection.answer(self, encode)) : .encoded(Result(encodedBy: encode))
    }

    func finish() {
        connection.shared.cleanUp(context.call, after: answered())
    }

    private func answered() -> CallEnd {
        switch state {
        case .ended(let end): end
        case .encoded(let encoded):
            connection.answer(self) { writer in
                switch encoded {
                case .failure(let status): return status
                case .success(let message):
                    message.withUnsafeBytes { writer.append($0) }
                    return nil
                }
            }
        }
    }

    func deadlinePassed() {
        timer = nil
        connection.giveUp(self, status: GRPCStatus(.deadlineExceeded, "the deadline passed"))
    }
}
