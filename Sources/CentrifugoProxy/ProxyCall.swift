import GRPCCall
import HTTP2Framing
import HTTP2Transport
import ProtobufWire
import ProxyMessages

/// Appends a call's answer to a writer, or says which status to send instead.
typealias AnswerEncoder = (inout WireWriter) -> GRPCStatus?

/// A unary call on its way: its stream, its deadline, the work, and the answer.
///
/// Not generic: the event's types are behind two closures, made where they are known. As a generic class it was run by
/// unspecialised code, at about a third more time per call.
final class ProxyCall: LoopCall {
    let context: CallContext
    let stream: HTTP2Stream
    /// Whether the peer reads compressed answers.
    let acceptsGzip: Bool
    @exclusivity(unchecked) var loopState = LoopCallState()
    /// What the peer was sent when that was before the handler was done.
    @exclusivity(unchecked) var earlyEnd: CallEnd?
    /// The armed deadline.
    @exclusivity(unchecked) var timer: Int32?
    /// The outcome of the work, once it is done.
    @exclusivity(unchecked) private(set) var answer: AnswerEncoder = { _ in .unknownFailure }
    private let connection: ProxyConnection
    private let work: RoutedWork

    init(
        work: @escaping RoutedWork,
        context: CallContext,
        stream: HTTP2Stream,
        acceptsGzip: Bool,
        connection: ProxyConnection
    ) {
        self.work = work
        self.context = context
        self.stream = stream
        self.acceptsGzip = acceptsGzip
        self.connection = connection
    }

    func run(isolation: isolated any Actor) async {
        answer = await work(context, connection.logger)
    }

    func finish() {
        let end = connection.answer(self)
        connection.shared.cleanUp(context, after: end)
    }

    func deadlinePassed() {
        timer = nil
        connection.giveUp(self, status: GRPCStatus(.deadlineExceeded, "the deadline passed"))
    }
}
