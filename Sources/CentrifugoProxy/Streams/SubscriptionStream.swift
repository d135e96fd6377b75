import GRPCCall
import HTTP2Framing
import HTTP2Transport
import ProtobufWire
import ProxyMessages
import Tracing

/// The stream of one subscription, from the request to the trailers.
///
/// On the connection's event loop, except for `run`.
final class SubscriptionStream: LoopCall, ServerStream, LargeMessageOwner {
    enum Phase {
        /// The request is still arriving; to `deciding`.
        case receiving
        /// The handler decides; to `streaming` when it accepts, to `ended` when it refuses.
        case deciding
        /// The first message is sent; to `ended`.
        case streaming
        /// The answer is complete, or the stream is gone.
        case ended
    }

    /// What an armed timer is for.
    enum Purpose {
        case firstMessage
        case deadline
        case drain
        /// The stream is gone, and its task should have ended by then.
        case abandoned
    }

    // Nanoseconds after which a cancelled task counts as abandoned. Not at once: ten thousand clients that leave
    // together must not make the server refuse others.
    private static let timeToEnd: UInt64 = 1_000_000_000
    // Bytes that may wait for a reader; above that, the peer gets no more credit.
    static let readAhead = 64 * 1_024

    // The memory of the stream, in addition to what the session counts for it, and of its task if it has one.
    private static let ownSize = 512
    private static let taskSize = 3_072

    private var call: CallRecord
    let stream: HTTP2Stream
    var loopState = LoopCallState()
    // These fit into the rest of the word after the state, which keeps each stream smaller.
    var phase = Phase.receiving
    private(set) var encoding = PayloadEncoding.json
    var isAbandoned = false
    /// Whether the peer has ended its side, so that no more publications come.
    private(set) var hasPeerEnded = false
    /// The stream's index in the hub's list of this loop.
    var hubIndex = 0
    private let route: StreamRoute
    private let queue: Int
    let connection: ProxyConnection
    var decoder: MessageDecoder
    var owedCredit = 0
    var observation: StreamObservation
    var negotiation: StreamNegotiation?
    private(set) var source: (hub: ChannelHub, channel: String)?
    var task: Task<Void, Never>?
    var timer = StreamTimer<Purpose>()
    /// How the call has ended for the peer.
    private var callEnd = CallEnd.abandoned
    private let deadline: UInt64?
    var writers: [StreamWriter] = []
    var readers: [(waiter: StreamWaiter, continuation: CheckedContinuation<Publication?, Never>)] = []
    var waiting = WaitingMessages()
    /// Only for a stream with a backlog.
    var follower: BacklogFollower?
    private var charge: MemoryCharge
    /// The decoded size of the request while the handler decides.
    private var requestSize = 0
    /// Whether the next message has arrived, is large, and waits to be decoded.
    private(set) var isMessageWaiting = false

    init(
        route: StreamRoute,
        queue: Int,
        context: CallContext,
        stream: HTTP2Stream,
        head: CallHead,
        deadline: UInt64?,
        connection: ProxyConnection
    ) {
        self.route = route
        self.queue = queue
        call = context.call
        self.stream = stream
        self.deadline = deadline
        self.connection = connection
        decoder = MessageDecoder(encoding: head.encoding, limit: connection.shared.limits.request)
        charge = MemoryCharge(Self.ownSize, to: connection.http2.account)
        let observer = connection.shared.observer
        observation = StreamObservation(of: route.event, by: observer, at: connection.http2.receivedAt, head.metadata)
        let first = connection.http2.receivedAt + connection.shared.limits.firstMessageTimeout
        setTimer(.firstMessage, at: min(first, deadline ?? .max))
    }

    var shared: ServiceLoop { connection.shared }

    var name: String? { route.event.methodName }

    // MARK: The request

    /// Takes bytes of the peer's messages.
    func received(_ bytes: UnsafeRawBufferPointer) {
        owedCredit += bytes.count
        decoder.append(bytes)
        takeMessages()
        returnCreditIfWanted()
        recount()
    }

    /// Takes the messages that have arrived, if something waits for them.
    private func takeMessages() {
        switch phase {
        case .receiving: takeRequest()
        case .streaming: serveReaders()
        case .deciding, .ended: break
        }
    }

    /// The peer's next message; nil when it is incomplete, and when it is large: ``decodePart(with:)`` then takes it.
    func nextMessage() throws(GRPCStatus) -> [UInt8]? {
        guard !isMessageWaiting else { return nil }
        guard LargeMessages.takes(workload: decoder.workload) else { return try decoder.next(gzip: shared.gzip) }
        isMessageWaiting = true
        connection.decodeLater(self)
        return nil
    }

    /// Updates the count of what the stream holds for its peer, apart from what the session counts.
    func recount() {
        let buffered = max(0, decoder.heldByteCount - owedCredit)
        var size = Self.ownSize + requestSize + buffered
        if task != nil { size += Self.taskSize }
        if case .serving(let subject)? = negotiation { size += subject.byteCount }
        if phase == .deciding { size += ProxyConnection.callSize }
        size += observation.byteCount
        charge.change(to: size)
    }

    func decodePart(with messages: LargeMessages) -> Bool {
        do {
            // The reader may be gone meanwhile; the message then waits for the next one.
            if phase == .receiving || !readers.isEmpty {
                let message = try decoder.next { bytes throws(GRPCStatus) in try messages.inflate(bytes) }
                guard let message else { return false }
                try take(message)
            }
            isMessageWaiting = false
        } catch {
            end(with: ProxyConnection.status(ofMalformed: error))
        }
        if hasPeerEnded { receivedEnd() } else { takeMessages() }
        returnCreditIfWanted()
        recount()
        return true
    }

    /// The peer has ended its side, which ends only the client's publications: a peer that leaves resets the stream.
    func receivedEnd() {
        switch phase {
        case .receiving where isMessageWaiting: hasPeerEnded = true
        case .receiving: end(with: GRPCStatus(.internalError, "the stream ended before its request"))
        case .deciding, .streaming:
            hasPeerEnded = true
            do {
                try decoder.checkEnd()
                serveReaders()
            } catch {
                end(with: error)
            }
        case .ended: break
        }
    }

    private func takeRequest() {
        do {
            if let message = try nextMessage() { try take(message) }
        } catch {
            end(with: ProxyConnection.status(ofMalformed: error))
        }
    }

    /// Decodes the message: the request, or a publication that a reader waits for.
    func take(_ message: [UInt8]) throws {
        shared.loop.worked(on: message.count)
        guard phase == .receiving else { return try takePublication(message) }
        let request = try message.withUnsafeBytes { bytes in
            var elements = 0
            let request = try route.decodeFirst(bytes, shared.limits.elements, &elements)
            requestSize = bytes.count + elements * ProxyConnection.elementSize
            return request
        }
        observation.request(request, byteCount: message.count)
        negotiation = .request(request)
        encoding = request.payloadEncoding
        phase = .deciding
        shared.loop.submit(self, queue: queue)
    }

    nonisolated(nonsending) func run() async {
        guard case .request(let request) = negotiation else { return }
        let subject = CallSubject(request)
        do {
            let decide = { [route, call] in try await route.decide(request, CallContext(call)) }
            let accepted =
                if let trace = observation.trace {
                    try await ServiceContext.withValue(trace.context) { try await decide() }
                } else {
                    try await decide()
                }
            negotiation = .decision(.success(accepted), subject)
        } catch {
            negotiation = .decision(.failure(error), subject)
        }
    }

    /// Sends the first message, with the handler's decision.
    func finish() {
        let decided = negotiation.take()
        requestSize = 0
        CallRecord.withoutMetadata(&call)
        recount()
        guard phase == .deciding, case .decision(let decision, let subject) = decided else {
            connection.countAbandoned(-1)
            return cleanUp()
        }
        timer.clear(on: shared.loop)
        switch decision {
        case .success(let accepted): accept(accepted, subject)
        case .failure(let error): refuse(error, subject)
        }
    }

    private func accept(_ accepted: AcceptedSubscription, _ subject: CallSubject) {
        var result = accepted.result
        do {
            try result.encodePayloads(as: encoding)
        } catch {
            report(error, subject)
            return end(with: GRPCStatus(.internalError, "the answer cannot be encoded"))
        }
        if let status = sendFirst(SubscribeResponse(result: result)) { return end(with: status) }
        phase = .streaming
        observation.decided(.accepted, call)
        if let deadline { setTimer(.deadline, at: deadline) }
        if connection.isDraining { endSoon() }
        watchUnread()
        if let source = accepted.source {
            self.source = source
            if case .backlog? = accepted.serve { follower = BacklogFollower() }
            source.hub.attach(self, to: source.channel, on: shared.loop)
        }
        if let serve = accepted.serve {
            negotiation = .serving(subject)
            start(serve)
        }
    }

    func report(_ error: any Error, _ subject: CallSubject?, isServing: Bool = false) {
        let failures = shared.service.failures
        failures.report(error, of: call, about: subject, isServing: isServing, to: connection.logger)
    }

    private func refuse(_ error: any Error, _ subject: CallSubject) {
        if !isRefusal(error) { report(error, subject) }
        switch Outcome<SubscribeResult>(thrown: error) {
        case .status(let status): end(with: status)
        case .reply(let reply):
            if let status = sendFirst(reply) { return end(with: status) }
            observation.decided(CallVerdict(reply, of: route.event), call)
            phase = .streaming
            end(with: .ok)
        }
    }

    /// Sends the first message.
    /// - Returns: The status to send instead, when it is too large.
    private func sendFirst(_ response: SubscribeResponse) -> GRPCStatus? {
        let message = shared.buffer
        message.begin()
        StreamSubscribeResponse(subscribeResponse: response).encode(into: &message.writer)
        if let status = shared.refusal(ofAnswer: message, to: route.event) {
            call.refusalReason = .tooLarge
            return status
        }
        connection.http2.startResponse(to: stream, headers: AnswerHeaders.message)
        _ = message.withPrefixedMessage { connection.http2.writeBody($0, to: stream) }
        return nil
    }

    // MARK: The end

    /// Ends the answer with a status, and stops all work for it.
    func end(with status: GRPCStatus) {
        guard phase != .ended else { return }
        callEnd = status.code == .ok ? .answered : .failed(status)
        if phase == .streaming {
            connection.http2.endBody(of: stream, trailers: AnswerHeaders.trailers(status))
        } else {
            connection.http2.respond(to: stream, headersOnly: AnswerHeaders.status(status))
        }
        connection.forget(stream)
        closed()
    }

    /// The stream is gone: cancels the handler, and releases everything that waits.
    func closed() {
        guard phase != .ended else { return }
        let wasDeciding = phase == .deciding
        phase = .ended
        observation.ended(callEnd, call)
        timer.clear(on: shared.loop)
        shared.unread?.onRoom(nil)
        let isDeciding = wasDeciding && shared.loop.cancel(self)
        if isDeciding { connection.countAbandoned(1) }
        if let task {
            task.cancel()
            setTimer(.abandoned, at: ServerLoop.clock + Self.timeToEnd)
        } else if !isDeciding {
            cleanUp()
        }
        if let source { source.hub.detach(self, from: source.channel, on: shared.loop) }
        source = nil
        removeWaiting()
        decoder.clear()
        owedCredit = 0
        recount()
        for writer in writers { writer.continuation.resume(throwing: CancellationError()) }
        writers = []
        serveReaders()
    }

    /// The stream is gone, and no task of the handler works for it any more.
    func cleanUp() {
        shared.runCleanUps(of: call, after: callEnd)
    }

    func endSoon() {
        guard phase == .streaming else { return }
        let moment = shared.momentOfDrain()
        if moment < deadline ?? .max { setTimer(.drain, at: moment) }
    }

    private func setTimer(_ purpose: Purpose, at time: UInt64) {
        timer.set(purpose, at: time, on: shared.loop, owner: self)
    }

    func deadlinePassed() {
        switch timer.fired() {
        case .drain: end(with: .interrupted)
        case .abandoned:
            isAbandoned = true
            connection.countAbandoned(1)
        case .firstMessage, .deadline, nil: end(with: GRPCStatus(.deadlineExceeded, "the deadline passed"))
        }
    }
}
