import GRPCCall
import HTTP2Framing
import HTTP2Transport
import Logging
import ProxyMessages

/// Turns the events of one connection into calls, and calls' outcomes into answers.
///
/// On the connection's event loop.
final class ProxyConnection: HTTP2ConnectionDelegate {
    /// What a stream's slot holds.
    private enum Entry {
        case none
        /// The header list is checked, the message is still arriving.
        case incomplete(IncompleteRequest)
        /// The handler has the call.
        case call(ProxyCall)
    }

    private let shared: ServiceLoop
    private unowned let connection: HTTP2Connection
    private let peerAddress: String
    @exclusivity(unchecked) private var entries: [Entry] = []
    /// Calls whose streams are gone and whose handlers still run.
    private var abandonedCalls = 0

    init(shared: ServiceLoop, connection: HTTP2Connection) {
        self.shared = shared
        self.connection = connection
        peerAddress = connection.peerAddress
    }

    func received(_ event: HTTP2Event, on connection: HTTP2Connection) {
        switch event {
        case .request(let stream, let route, let headers, let body):
            receivedRequest(stream, route: route, headers, body: body)
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
            // Streams are answered at once, so that what still arrives is only taken off the connection.
            connection.consume(bytes.count, of: stream)
        case .ended, .writable, .goAway, .settings, .pong:
            break
        }
    }

    func gracePeriodOver() {
        let status = GRPCStatus(.unavailable, "the server is shutting down")
        for entry in entries {
            switch entry {
            case .none: break
            case .incomplete(let request): refuse(request.stream, status)
            case .call(let call): giveUp(call, status: status)
            }
        }
    }

    func connectionClosed() {
        for entry in entries {
            switch entry {
            case .none: break
            case .incomplete(let request): disarm(request.timer)
            case .call(let call): abandon(call)
            }
        }
        entries = []
    }

    var logger: Logger { shared.logger }
}

// MARK: - Requests

extension ProxyConnection {
    private func receivedRequest(
        _ stream: HTTP2Stream,
        route: Int?,
        _ headers: HeaderList,
        body: UnsafeRawBufferPointer
    ) {
        if case .incomplete(let request) = entry(of: stream) {
            setEntry(.none, of: stream)
            disarm(request.timer)
            start(stream, route: route, head: request.head, deadline: request.deadline, body)
        } else if let head = check(stream, route: route, headers) {
            start(stream, route: route, head: head, deadline: deadline(of: head), body)
        }
    }

    private func receivedHead(_ stream: HTTP2Stream, route: Int?, _ headers: HeaderList) {
        guard let head = check(stream, route: route, headers), let route else { return }
        guard shared.lanes[route] != nil else { return answerUnhandled(stream, route: route) }
        let request = IncompleteRequest(stream: stream, head: head, deadline: deadline(of: head), connection: self)
        if let deadline = request.deadline { request.timer = shared.loop.arm(deadline, owner: request) }
        setEntry(.incomplete(request), of: stream)
    }

    private func receivedBeginning(of stream: HTTP2Stream, _ bytes: UnsafeRawBufferPointer) {
        guard case .incomplete(let request) = entry(of: stream) else { return }
        do throws(GRPCStatus) {
            _ = try LengthPrefix(bytes, encoding: request.head.encoding, limit: shared.limits.request)
        } catch {
            refuse(stream, error)
        }
    }

    /// Does gRPC's checks; a request that fails one is answered here.
    private func check(_ stream: HTTP2Stream, route: Int?, _ headers: HeaderList) -> RequestHead? {
        var fields = RequestFields()
        for field in headers {
            fields.take(field)
        }
        do throws(Rejection) {
            return try RequestHead(fields, isKnownRoute: route != nil)
        } catch {
            switch error {
            case .http(let status, var body):
                body.withUTF8 { body in
                    connection.respond(
                        to: stream,
                        headers: AnswerHeaders.http(status: status),
                        body: UnsafeRawBufferPointer(body),
                        trailers: HeaderFields()
                    )
                }
            case .status(let status, let acceptEncoding):
                connection.respond(
                    to: stream,
                    headersOnly: AnswerHeaders.status(status, acceptEncoding: acceptEncoding)
                )
            }
            return nil
        }
    }

    private func deadline(of head: RequestHead) -> UInt64? {
        guard let timeout = head.timeout else { return nil }
        let (deadline, overflow) = connection.receivedAt.addingReportingOverflow(timeout)
        return overflow ? nil : deadline
    }

    private func start(
        _ stream: HTTP2Stream,
        route index: Int?,
        head: RequestHead,
        deadline: UInt64?,
        _ body: UnsafeRawBufferPointer
    ) {
        guard let index, let route = shared.service.route(at: index), let lane = shared.lanes[index] else {
            return answerUnhandled(stream, route: index)
        }
        guard abandonedCalls < shared.limits.abandonedCalls else {
            return connection.reset(stream, .refusedStream)
        }
        let context = CallContext(
            event: route.event,
            metadata: head.metadata,
            peerAddress: peerAddress,
            deadline: deadline
        )
        let work: RoutedWork
        do {
            let message = try UnaryMessage(
                body: body,
                encoding: head.encoding,
                limit: shared.limits.request,
                gzip: shared.gzip
            )
            switch message {
            case .view(let bytes): work = try route.decode(bytes)
            case .owned(let bytes): work = try bytes.withUnsafeBytes { try route.decode($0) }
            }
        } catch {
            return sendStatus(Self.status(ofMalformed: error), to: stream)
        }
        let call = ProxyCall(
            work: work,
            context: context,
            stream: stream,
            acceptsGzip: head.acceptsGzip,
            connection: self
        )
        if let deadline {
            call.timer = shared.loop.arm(deadline, owner: call)
        }
        setEntry(.call(call), of: stream)
        shared.loop.submit(call, lane: lane)
    }

    private static func status(ofMalformed error: any Error) -> GRPCStatus {
        error as? GRPCStatus ?? GRPCStatus(.internalError, "malformed request: \(error)")
    }

    private func answerUnhandled(_ stream: HTTP2Stream, route: Int?) {
        guard let route else { return sendStatus(GRPCStatus(.unimplemented, "unknown method"), to: stream) }
        let event = ProxyEvent.allCases[route]
        if shared.service.isFirstUnhandled(event) {
            shared.logger.warning(
                "an event has no handler and is refused; register one, or switch the proxy off in Centrifugo",
                metadata: ["event": "\(event.methodName)", "centrifugo": "\(event.centrifugoOption)"]
            )
        }
        switch shared.unhandled[route] {
        case .message(let message):
            var body: [UInt8] = []
            LengthPrefix(isCompressed: false, length: message.count).append(to: &body)
            body += message
            body.withUnsafeBytes { body in
                connection.respond(
                    to: stream,
                    headers: AnswerHeaders.message,
                    body: body,
                    trailers: AnswerHeaders.ok
                )
            }
        case .status(let status): sendStatus(status, to: stream)
        }
    }
}

// MARK: - Answers

extension ProxyConnection {
    /// Answers a call whose handler is done, unless its stream is gone.
    func answer(_ call: ProxyCall) {
        guard case .call(let current) = entry(of: call.stream), current === call else {
            abandonedCalls -= 1
            return
        }
        setEntry(.none, of: call.stream)
        disarm(call.timer)
        let compressed = call.acceptsGzip && shared.limits.compressesAnswers
        let status = shared.withAnswer(of: call, compressed: compressed) { message, isCompressed in
            connection.respond(
                to: call.stream,
                headers: isCompressed ? AnswerHeaders.gzipMessage : AnswerHeaders.message,
                body: message,
                trailers: AnswerHeaders.ok
            )
        }
        if let status { sendStatus(status, to: call.stream) }
    }

    /// Answers a call before its handler is done, and cancels the handler.
    func giveUp(_ call: ProxyCall, status: GRPCStatus) {
        setEntry(.none, of: call.stream)
        sendStatus(status, to: call.stream)
        abandon(call)
    }

    /// Answers a request that is not complete yet.
    func refuse(_ stream: HTTP2Stream, _ status: GRPCStatus) {
        if case .incomplete(let request) = entry(of: stream) { disarm(request.timer) }
        setEntry(.none, of: stream)
        sendStatus(status, to: stream)
    }

    private func sendStatus(_ status: GRPCStatus, to stream: HTTP2Stream) {
        connection.respond(to: stream, headersOnly: AnswerHeaders.status(status))
    }

    private func streamClosed(_ stream: HTTP2Stream) {
        switch entry(of: stream) {
        case .none: break
        case .incomplete(let request): disarm(request.timer)
        case .call(let call): abandon(call)
        }
        setEntry(.none, of: stream)
    }

    private func abandon(_ call: ProxyCall) {
        disarm(call.timer)
        call.timer = nil
        // A call that has not begun never will; only a running handler still costs something.
        if shared.loop.cancel(call) { abandonedCalls += 1 }
    }

    private func disarm(_ timer: Int32?) {
        if let timer { shared.loop.disarm(timer) }
    }

    private func entry(of stream: HTTP2Stream) -> Entry {
        stream.slot < entries.count ? entries[stream.slot] : .none
    }

    private func setEntry(_ entry: Entry, of stream: HTTP2Stream) {
        if stream.slot >= entries.count {
            entries += Array(repeating: .none, count: max(stream.slot + 1, entries.count * 2) - entries.count)
        }
        entries[stream.slot] = entry
    }
}

/// A unary request whose header list is checked and whose message is still arriving.
final class IncompleteRequest: DeadlineOwner {
    let stream: HTTP2Stream
    let head: RequestHead
    let deadline: UInt64?
    var timer: Int32?
    private unowned let connection: ProxyConnection

    init(stream: HTTP2Stream, head: RequestHead, deadline: UInt64?, connection: ProxyConnection) {
        self.stream = stream
        self.head = head
        self.deadline = deadline
        self.connection = connection
    }

    func deadlinePassed() {
        timer = nil
        connection.refuse(stream, GRPCStatus(.deadlineExceeded, "the deadline passed before the request had arrived"))
    }
}
