import GRPCCall
import HTTP2Framing
import HTTP2Transport
import Logging
import ProxyMessages

/// Turns the events of one connection into calls, and the outcomes of calls into answers.
///
/// On the connection's event loop.
final class ProxyConnection: HTTP2ConnectionDelegate {
    /// What a stream's slot holds.
    enum Entry {
        case none
        /// The header list is checked, the message is still arriving.
        case incomplete(IncompleteRequest)
        /// The handler has the call.
        case call(ProxyCall)
        /// A subscription's stream or one of a built-in method, in whatever state.
        case stream(any ServerStream)

        func holds(_ call: ProxyCall) -> Bool {
            if case .call(let held) = self { held === call } else { false }
        }
    }

    let shared: ServiceLoop
    // Both are in `shared` too; used from there, each use would cost a retain and a release.
    let loop: ServerLoop
    let callLimiter: CallLimiter
    let observer: CallObserver?
    // Code that has the connection as a parameter uses that: each use of an unowned reference is checked.
    unowned let http2: HTTP2Connection
    // Also in `http2`; used from there, each use would cost another retain and release.
    let account: MemoryAccount
    /// Whether streams are being ended, new ones too.
    private(set) var isDraining = false
    let peer: Peer
    @exclusivity(unchecked) private var entries: [Entry] = []
    @exclusivity(unchecked) var headCache = RequestHeadCache()
    private var largeMessages: LargeMessages?
    let sharedMessages: SharedMessages
    /// Calls whose streams are gone and whose handlers still run.
    private(set) var abandonedCalls = 0
    /// Open streams of built-in methods.
    private(set) var builtInStreams = 0

    init(shared: ServiceLoop, connection: HTTP2Connection) {
        self.shared = shared
        loop = shared.loop
        callLimiter = shared.callLimiter
        observer = shared.observer
        http2 = connection
        account = connection.account
        sharedMessages = SharedMessages(countedBy: connection.account)
        peer = Peer(
            address: connection.peerAddress,
            certificate: connection.peerCertificate.map { PeerCertificate($0) }
        )
    }

    func received(_ event: HTTP2Event, on connection: HTTP2Connection) {
        switch event {
        case .request(let stream, let route, let headers, let body):
            receivedRequest(stream, route: route, headers, body: body, on: connection)
        case .opened(let stream, let route, let headers):
            receivedHead(stream, route: route, headers)
        case .bodyStarted(let stream, let bytes):
            receivedBeginning(of: stream, bytes)
        case .closed(let stream, _):
            streamClosed(stream)
        case .headersTooLarge(let stream):
            refuse(stream, GRPCStatus(.resourceExhausted, "the header list is too large"))
        case .bodyTooLarge(let stream):
            refuse(stream, GRPCStatus(.resourceExhausted, "the message is too large"))
        case .data(let stream, let bytes):
            guard let served = servedStream(stream) else { return http2.consume(bytes.count, of: stream) }
            served.received(bytes)
        case .ended(let stream, _):
            servedStream(stream)?.receivedEnd()
        case .writable(let stream):
            servedStream(stream)?.writable()
        case .goAway, .settings, .pong, .noticeAcknowledged:
            break
        }
    }

    func drainBegan() {
        isDraining = true
        for case .stream(let stream) in entries {
            stream.endSoon()
        }
    }

    func gracePeriodOver() {
        let status = GRPCStatus(.unavailable, "the server is shutting down")
        for entry in entries {
            switch entry {
            case .none: break
            case .incomplete(let request): refuse(request.stream, status)
            case .call(let call): giveUp(call, status: status)
            case .stream(let stream): stream.end(with: status)
            }
        }
    }

    func connectionClosed() {
        for entry in entries {
            switch entry {
            case .none: break
            case .incomplete(let request): abandon(request)
            case .call(let call): abandon(call)
            case .stream(let stream): stream.closed()
            }
        }
        entries = []
        largeMessages = nil
    }

    /// Queues the owner's large message, which is decoded after others of this connection.
    func decodeLater(_ owner: any LargeMessageOwner) {
        let messages = largeMessages ?? LargeMessages(of: self)
        largeMessages = messages
        messages.append(owner)
    }

    func hasNoLargeMessages() {
        largeMessages = nil
    }

    /// Whether a request is still incomplete.
    func holds(_ request: IncompleteRequest) -> Bool {
        if case .incomplete(let held) = entry(of: request.stream) { held === request } else { false }
    }

    var logger: Logger { shared.logger }

    /// Counts a handler that goes on after its stream is gone (1), or the end of such a handler (-1).
    func countAbandoned(_ change: Int) {
        abandonedCalls += change
    }

    /// Counts a built-in method's stream that opens (1) or ends (-1).
    func countBuiltIn(_ change: Int) {
        builtInStreams += change
    }

    func entry(of stream: HTTP2Stream) -> Entry {
        stream.slot < entries.count ? entries[stream.slot] : .none
    }

    func setEntry(_ entry: consuming Entry, of stream: HTTP2Stream) {
        if stream.slot >= entries.count {
            entries += Array(repeating: .none, count: max(stream.slot + 1, entries.count * 2) - entries.count)
        }
        entries[stream.slot] = entry
    }

    /// Forgets a call whose handler is done.
    /// - Returns: Whether its stream is still there, and the answer can be sent.
    func remove(_ call: ProxyCall) -> Bool {
        callLimiter.leave()
        let slot = call.stream.slot
        guard slot < entries.count, entries[slot].holds(call) else {
            countAbandoned(-1)
            return false
        }
        entries[slot] = .none
        disarm(call.timer)
        return true
    }
}

// MARK: - Answers

extension ProxyConnection {
    /// Sends the answer of a handler that is done.
    ///
    /// - Parameters:
    ///   - call: The call, which was removed.
    ///   - message: The encoded answer.
    ///   - status: What is sent in place of the message; nil to send it.
    /// - Returns: How the call has ended for its peer.
    func answer(_ call: ProxyCall, _ message: MessageBuffer, _ status: GRPCStatus?) -> CallEnd {
        let http2 = http2
        let status = status ?? shared.refusal(ofAnswer: message, to: call.context.event)
        if let status {
            sendStatus(status, to: call.stream)
        } else if call.acceptsGzip, let compressed = shared.compressed(message) {
            compressed.withUnsafeBytes { respond(to: call.stream, AnswerHeaders.gzipMessage, $0, on: http2) }
        } else {
            message.withPrefixedMessage { respond(to: call.stream, AnswerHeaders.message, $0, on: http2) }
        }
        if status == nil { observer?.metrics.answered(message.messageSize, ofEventAt: call.eventIndex) }
        http2.writeIfAlone()
        return status.map { .failed($0) } ?? .answered
    }

    private func respond(
        to stream: HTTP2Stream,
        _ headers: HeaderFields,
        _ body: UnsafeRawBufferPointer,
        on http2: HTTP2Connection
    ) {
        http2.respond(to: stream, headers: headers, body: body, trailers: AnswerHeaders.ok)
    }

    /// Answers a call with a status before its handler is done, and cancels the handler.
    func giveUp(_ call: ProxyCall, status: GRPCStatus) {
        setEntry(.none, of: call.stream)
        sendStatus(status, to: call.stream)
        call.earlyEnd = .failed(status)
        abandon(call)
    }

    /// Answers a request with a status before a handler has it.
    func refuse(_ stream: HTTP2Stream, _ status: GRPCStatus) {
        if case .incomplete(let request) = entry(of: stream) {
            disarm(request.timer)
            let verdict = CallVerdict(failed: status, of: ProxyEvent.all[request.route])
            observe(request.route, verdict, receivedAt: request.receivedAt)
        }
        setEntry(.none, of: stream)
        sendStatus(status, to: stream)
    }

    /// Forgets a stream that was answered.
    func forget(_ stream: HTTP2Stream) {
        setEntry(.none, of: stream)
    }

    func sendStatus(_ status: GRPCStatus, to stream: HTTP2Stream) {
        http2.respond(to: stream, headersOnly: AnswerHeaders.status(status))
    }

    func streamClosed(_ stream: HTTP2Stream) {
        switch entry(of: stream) {
        case .none: break
        case .incomplete(let request): abandon(request)
        case .call(let call): abandon(call)
        case .stream(let stream): stream.closed()
        }
        setEntry(.none, of: stream)
    }

    /// Cancels the handler of a call whose peer waits for no answer any more.
    func abandon(_ call: ProxyCall) {
        call.observe(call.earlyEnd ?? .abandoned)
        disarm(call.timer)
        call.timer = nil
        // A call that has not begun never will; only a running handler still costs something.
        if loop.cancel(call) { countAbandoned(1) } else { callLimiter.leave() }
    }

    private func abandon(_ request: IncompleteRequest) {
        disarm(request.timer)
        observe(request.route, .abandoned, receivedAt: request.receivedAt)
    }

    /// Tells the observer of a call that no handler gets, whose route may be one of a built-in method.
    func observe(
        _ route: Int,
        _ verdict: CallVerdict,
        reason: RefusalReason? = nil,
        receivedAt: UInt64? = nil
    ) {
        guard let observer, route < ProxyEvent.all.count else { return }
        var observation = CallObservation(event: route, verdict, receivedAt: receivedAt ?? http2.receivedAt)
        observation.reason = reason
        observer.observe(observation)
    }

    func disarm(_ timer: Int32?) {
        if let timer { loop.disarm(timer) }
    }
}
