import GRPCCall
import HTTP2Framing
import HTTP2Transport
import ProxyMessages

/// One call of a built-in method, unary or streaming: its stream treats both alike.
///
/// On the connection's event loop, like everything that serves it.
final class BuiltInStream: ServerStream, DeadlineOwner {
    /// Keeps sending after a request was answered, such as a watch.
    protocol Sender: AnyObject {
        /// The stream was full and accepts more messages.
        func hasRoom()

        /// The stream is over.
        func streamEnded()
    }

    private enum Phase {
        /// No complete request has arrived; to `answering`, or to `ended`.
        case receiving
        /// Requests are answered; to `ended`.
        case answering
        /// The answer is complete, or the stream is gone.
        case ended
    }

    private enum Purpose {
        case deadline
        case drain
    }

    // Requests hold only names, and a watch keeps one as long as it lasts.
    private static let largestRequest = 4 * 1_024
    // Bytes that the stream takes in addition to what the session counts for it.
    private static let ownSize = 512

    let connection: ProxyConnection
    private let method: BuiltInMethod
    private let stream: HTTP2Stream
    private let deadline: UInt64?
    private var phase = Phase.receiving
    private var decoder: MessageDecoder
    private var request: [UInt8]?
    private var owedCredit = 0
    private var hasPeerEnded = false
    private var hasAnswered = false
    private var sender: (any Sender)?
    private var timer = StreamTimer<Purpose>()
    /// Whether the peer has left so many bytes unread that nothing more should be sent.
    private(set) var isBlocked = false
    private var charge: MemoryCharge

    init(
        _ method: BuiltInMethod,
        stream: HTTP2Stream,
        head: CallHead,
        deadline: UInt64?,
        connection: ProxyConnection
    ) {
        self.method = method
        self.stream = stream
        self.deadline = deadline
        self.connection = connection
        let limits = connection.shared.limits
        decoder = MessageDecoder(encoding: head.encoding, limit: min(Self.largestRequest, limits.request))
        charge = MemoryCharge(Self.ownSize, to: connection.http2.account)
        connection.countBuiltIn(1)
        setTimer(.deadline, at: min(connection.http2.receivedAt + limits.firstMessageTimeout, deadline ?? .max))
    }

    private var shared: ServiceLoop { connection.shared }

    // MARK: The requests

    func received(_ bytes: UnsafeRawBufferPointer) {
        owedCredit += bytes.count
        decoder.append(bytes)
        takeRequests()
    }

    func receivedEnd() {
        hasPeerEnded = true
        takeRequests()
    }

    func writable() {
        isBlocked = false
        sender?.hasRoom()
        takeRequests()
    }

    private func takeRequests() {
        do {
            // A peer that does not read its answers gets no more of them.
            while phase != .ended, !isBlocked, let message = try decoder.next(gzip: shared.gzip) {
                try take(message)
            }
            if hasPeerEnded, !isBlocked, phase != .ended { try finishRequests() }
        } catch {
            return end(with: ProxyConnection.status(ofMalformed: error))
        }
        charge.change(to: Self.ownSize + max(0, decoder.heldByteCount - owedCredit))
        // A stream that is over owes no credit, and its connection may be gone.
        guard owedCredit > 0, phase != .ended, decoder.bufferedByteCount < SubscriptionStream.readAhead else { return }
        connection.http2.consume(owedCredit, of: stream)
        owedCredit = 0
        charge.change(to: Self.ownSize + decoder.heldByteCount)
    }

    private func take(_ message: [UInt8]) throws {
        switch method.requests {
        case .one:
            guard request == nil, phase == .receiving else {
                throw GRPCStatus(.unimplemented, "more than one message in a call that allows one")
            }
            request = message
        case .many:
            beginAnswering()
            try method.answer(message, self)
        }
    }

    private func finishRequests() throws {
        try decoder.finish()
        switch method.requests {
        case .one where phase == .receiving:
            guard let request else { throw GRPCStatus(.unimplemented, "no message in a call that needs one") }
            self.request = nil
            beginAnswering()
            try method.answer(request, self)
        case .one: break
        case .many: end(with: .ok)
        }
    }

    private func beginAnswering() {
        guard phase == .receiving else { return }
        phase = .answering
        timer.clear(on: shared.loop)
        if let deadline { setTimer(.deadline, at: deadline) }
        if connection.isDraining { endSoon() }
    }

    // MARK: The answer

    /// Sends a message.
    func send(_ message: some WireMessage) throws {
        guard phase == .answering else { return }
        do {
            let submission = try shared.withMessage(message) { bytes in
                if !hasAnswered { connection.http2.startResponse(to: stream, headers: AnswerHeaders.message) }
                hasAnswered = true
                return connection.http2.writeBody(bytes, to: stream)
            }
            if submission == .full { isBlocked = true }
        } catch {
            throw GRPCStatus(.resourceExhausted, "the answer is too large")
        }
    }

    /// Writes the pending answers now, not at the end of the tick.
    func flush() {
        guard phase == .answering else { return }
        connection.http2.writePending()
    }

    /// Leaves the stream open for a sender.
    func keepOpen(for sender: any Sender) {
        self.sender = sender
    }

    func end(with status: GRPCStatus) {
        guard phase != .ended else { return }
        if hasAnswered {
            connection.http2.endBody(of: stream, trailers: AnswerHeaders.trailers(status))
        } else {
            connection.http2.respond(to: stream, headersOnly: AnswerHeaders.status(status))
        }
        connection.forget(stream)
        closed()
    }

    func closed() {
        guard phase != .ended else { return }
        phase = .ended
        timer.clear(on: shared.loop)
        connection.countBuiltIn(-1)
        sender?.streamEnded()
        sender = nil
    }

    func endSoon() {
        guard phase == .answering else { return }
        let moment = shared.momentOfDrain()
        if moment < deadline ?? .max { setTimer(.drain, at: moment) }
    }

    private func setTimer(_ purpose: Purpose, at time: UInt64) {
        timer.set(purpose, at: time, on: shared.loop, owner: self)
    }

    func deadlinePassed() {
        switch timer.fired() {
        case .drain: end(with: GRPCStatus(.unavailable, "the connection is closing"))
        case .deadline, nil: end(with: GRPCStatus(.deadlineExceeded, "the deadline passed"))
        }
    }
}
