package import GRPCCall
import Logging
import ProtobufWire
import ProxyMessages
import Synchronization

/// A subscription's stream without a server, for tests: what `SubscriptionStream` does, with a queue for a peer.
///
/// It is written apart from that one. It differs where a connection would matter: unread messages are counted and not
/// their bytes, publications of the client are never held back, and of the server's limits only the deadline is there and
/// the size of a message, as it is unless it is set.
package final class InMemorySubscription: HubStream, Sendable {
    enum Phase {
        /// The handler is asked; to `streaming` when it accepts, to `ended` when it refuses.
        case deciding
        /// The first message is there to be read; to `ended`.
        case streaming
        /// The answer is complete, or the peer has left.
        case ended
    }

    struct State {
        var phase = Phase.deciding
        var callEnd = CallEnd.abandoned
        /// Messages for the peer that it has not read.
        var outgoing: [[UInt8]] = []
        /// Publications of the client that the handler has not read.
        var incoming: [Publication] = []
        var peers: [(waiter: StreamWaiter, continuation: CheckedContinuation<[UInt8]?, Never>)] = []
        var readers: [(waiter: StreamWaiter, continuation: CheckedContinuation<Publication?, Never>)] = []
        var writers: [(waiter: StreamWaiter, continuation: CheckedContinuation<Void, any Error>)] = []
        var ends: [CheckedContinuation<Void, Never>] = []
        var encoding = PayloadEncoding.json
        /// Whether the peer has ended its side, so that no more publications come.
        var hasPeerEnded = false
        /// Asks the handler and serves; cancelled at the end.
        var work: Task<Void, Never>?
        /// Is over when the work is, and what is done after it.
        var whole: Task<Void, Never>?
    }

    let context: CallContext
    let room: Int
    let logger: Logger
    private let failures: HandlerFailures
    let state = Mutex(State())

    init(context: CallContext, room: Int, logger: Logger, failures: HandlerFailures) {
        self.context = context
        self.room = max(1, room)
        self.logger = logger
        self.failures = failures
    }

    /// What the client reads.
    var encoding: PayloadEncoding { state.withLock { $0.encoding } }

    /// Answers in place of a handler that is missing.
    func refuse(_ answer: UnhandledAnswer) {
        switch answer {
        case .encoded(let prefixed):
            sendFirst(Array(prefixed.dropFirst(LengthPrefix.byteCount)))
            end(with: .ok)
        case .status(let status): end(with: status)
        }
    }

    /// Starts the task that asks the handler, serves the stream, and stays until it is over.
    func start(_ route: StreamRoute, with message: [UInt8]) {
        let remaining = context.remainingTime
        let alarm = Task {
            guard let remaining else { return }
            try await Task.sleep(for: remaining)
            end(with: GRPCStatus(.deadlineExceeded, "the deadline passed"))
        }
        state.withLock { state in
            let work = Task { await run(route, with: message) }
            state.work = work
            // Nobody cancels this one.
            state.whole = Task {
                await work.value
                await waitForEnd()
                alarm.cancel()
                let end = self.state.withLock { $0.callEnd }
                for action in context.call.end(end) { await action(end) }
            }
        }
    }

    private func run(_ route: StreamRoute, with message: [UInt8]) async {
        let request: SubscribeRequest
        do {
            var elements = 0
            request = try message.withUnsafeBytes {
                try route.decodeFirst($0, ProxyServer.Limits().maxMessageElements, &elements)
            }
        } catch {
            return end(with: ProxyConnection.status(ofMalformed: error))
        }
        let encoding = request.payloadEncoding
        state.withLock { $0.encoding = encoding }
        let accepted: AcceptedSubscription
        do {
            accepted = try await route.decide(request, context)
        } catch {
            return refuse(error, CallSubject(request))
        }
        var result = accepted.result
        do {
            try result.encodePayloads(as: encoding)
        } catch {
            report(error, CallSubject(request))
            return end(with: GRPCStatus(.internalError, "the answer cannot be encoded"))
        }
        let message = Self.message(SubscribeResponse(result: result))
        if let status = failures.status(ofTooLarge: message, context.event, to: logger) { return end(with: status) }
        // The hub first: what is published from the moment on that the peer reads the answer has to arrive.
        sendFirst(message) {
            if let source = accepted.source { source.hub.attach(self, to: source.channel) }
        }
        if let serve = accepted.serve { await self.serve(serve, CallSubject(request)) }
        await waitForEnd()
        if let source = accepted.source { source.hub.detach(self, from: source.channel) }
    }

    private func serve(_ serve: AcceptedSubscription.Serve, _ subject: CallSubject) async {
        guard state.withLock({ $0.phase == .streaming }) else { return }
        do {
            switch try await serve(ClientPublications(self), PublicationWriter(self)) {
            case .finished: end(with: .ok)
            case .interrupted: end(with: .interrupted)
            }
        } catch {
            guard state.withLock({ $0.phase == .streaming }) else { return }
            // Here an invalid payload is not the client's: the handler wrote it.
            if !isRefusal(error) || error is PayloadError { report(error, subject, isServing: true) }
            end(with: GRPCStatus(ofServing: error))
        }
    }

    private func report(_ error: any Error, _ subject: CallSubject, isServing: Bool = false) {
        failures.report(error, of: context.call, about: subject, isServing: isServing, to: logger)
    }

    private func refuse(_ error: any Error, _ subject: CallSubject) {
        if !isRefusal(error) { report(error, subject) }
        switch Outcome<SubscribeResult>(thrown: error) {
        case .status(let status): end(with: status)
        case .reply(let reply):
            let message = Self.message(reply)
            if let status = failures.status(ofTooLarge: message, context.event, to: logger) { return end(with: status) }
            sendFirst(message)
            end(with: .ok)
        }
    }

    private static func message(_ response: SubscribeResponse) -> [UInt8] {
        StreamSubscribeResponse(subscribeResponse: response).wireBytes()
    }

    // MARK: The end

    /// Ends the answer with a status.
    ///
    /// What the peer has not read stays there to be read, but for what a hub could not send yet.
    package func end(with status: GRPCStatus) {
        close(as: status.code == .ok ? .answered : .failed(status)) { [room] state in
            state.outgoing.removeLast(max(0, state.outgoing.count - room))
        }
    }

    /// The peer leaves, as Centrifugo does when the client unsubscribes.
    package func cancel() {
        close(as: .abandoned) { $0.outgoing = [] }
    }

    /// What the peer has seen of the end: nil when it left, and before the end.
    package var status: GRPCStatus? {
        state.withLock { state in
            guard state.phase == .ended else { return nil }
            return switch state.callEnd {
            case .answered: .ok
            case .failed(let status): status
            case .abandoned: nil
            }
        }
    }

    /// Waits until nothing of the handler's works for the stream any more, nor what is done after it.
    package func finished() async {
        await state.withLock { $0.whole }?.value
    }

    private func close(as end: CallEnd, _ change: (inout State) -> Void) {
        let work = state.withLock { state -> Task<Void, Never>? in
            guard state.phase != .ended else { return nil }
            state.phase = .ended
            state.callEnd = end
            change(&state)
            state.incoming = []
            for writer in state.writers { writer.continuation.resume(throwing: CancellationError()) }
            for reader in state.readers { reader.continuation.resume(returning: nil) }
            for peer in state.peers { peer.continuation.resume(returning: nil) }
            for end in state.ends { end.resume() }
            (state.writers, state.readers, state.peers, state.ends) = ([], [], [], [])
            return state.work
        }
        // Not under the lock, which what is cancelled takes.
        work?.cancel()
    }

    private func waitForEnd() async {
        await withCheckedContinuation { continuation in
            state.withLock { state in
                if state.phase == .ended { continuation.resume() } else { state.ends.append(continuation) }
            }
        }
    }
}
