import GRPCCall
import HTTP2Framing
import HTTP2Transport
import Logging
import ProtobufWire
import ProxyMessages

extension ProxyConnection {
    // Bytes that an element of a list or map takes at most beside its own: text outside of the list, room to grow.
    static let elementSize = 128
    // Bytes that a call takes beside its message, most of them its task's.
    static let callSize = 6_144

    func receivedRequest(
        _ stream: HTTP2Stream,
        route: Int?,
        _ headers: HeaderList,
        body: UnsafeRawBufferPointer,
        on http2: HTTP2Connection
    ) {
        if case .incomplete(let request) = entry(of: stream) {
            setEntry(.none, of: stream)
            disarm(request.timer)
            let received = request.receivedAt
            start(stream, route: route, head: request.head, deadline: request.deadline, received, body, on: http2)
        } else if let head = check(stream, route: route, headers) {
            let deadline = deadline(of: head, on: http2)
            start(stream, route: route, head: head, deadline: deadline, http2.receivedAt, body, on: http2)
        }
    }

    func receivedHead(_ stream: HTTP2Stream, route: Int?, _ headers: HeaderList) {
        guard let head = check(stream, route: route, headers), let route else { return }
        if let method = shared.builtInMethod(at: route) { return open(stream, method, head: head) }
        guard let queue = shared.queues[route] else { return answerUnhandled(stream, route: route) }
        if let streamRoute = shared.service.streamRoute(at: route) {
            return open(stream, streamRoute, queue: queue, head: head)
        }
        let deadline = deadline(of: head, on: http2)
        let request = IncompleteRequest(stream: stream, route: route, head: head, deadline: deadline, connection: self)
        let patience = http2.receivedAt + shared.limits.requestTimeout
        request.timer = loop.arm(min(request.deadline ?? .max, patience), owner: request)
        setEntry(.incomplete(request), of: stream)
    }

    private func open(_ stream: HTTP2Stream, _ route: StreamRoute, queue: Int, head: CallHead) {
        guard allowsCall(stream, route: route.index, on: http2) else { return }
        let deadline = deadline(of: head, on: http2)
        let context = makeContext(route.event, head, deadline: deadline)
        let subscription = SubscriptionStream(
            route: route,
            queue: queue,
            context: context,
            stream: stream,
            head: head,
            deadline: deadline,
            connection: self
        )
        setEntry(.stream(subscription), of: stream)
    }

    private func open(_ stream: HTTP2Stream, _ method: BuiltInMethod, head: CallHead) {
        guard builtInStreams < shared.limits.builtInStreams else {
            return sendStatus(GRPCStatus(.resourceExhausted, "the connection has too many such streams"), to: stream)
        }
        let deadline = deadline(of: head, on: http2)
        let served = BuiltInStream(method, stream: stream, head: head, deadline: deadline, connection: self)
        setEntry(.stream(served), of: stream)
    }

    func servedStream(_ stream: HTTP2Stream) -> (any ServerStream)? {
        guard case .stream(let served) = entry(of: stream) else { return nil }
        return served
    }

    func receivedBeginning(of stream: HTTP2Stream, _ bytes: UnsafeRawBufferPointer) {
        guard case .incomplete(let request) = entry(of: stream) else { return }
        do throws(GRPCStatus) {
            _ = try LengthPrefix(bytes, encoding: request.head.encoding, limit: shared.limits.request)
        } catch {
            refuse(stream, error)
        }
    }

    /// The checked head of a request; one that fails is answered here.
    private func check(_ stream: HTTP2Stream, route: Int?, _ headers: HeaderList) -> CallHead? {
        if let head = headCache.head(of: headers, version: shared.secretCheck.version) { return head }
        do throws(RejectionError) {
            let head = try admittedHead(headers, route: route)
            headCache.keep(head, of: headers)
            return head
        } catch {
            if let route, case .status(let status, _) = error, route < ProxyEvent.all.count {
                observe(route, CallVerdict(failed: status, of: ProxyEvent.all[route]))
            }
            refuse(stream, error)
            return nil
        }
    }

    /// Does gRPC's checks and asks for the shared secret.
    private func admittedHead(_ headers: HeaderList, route: Int?) throws(RejectionError) -> CallHead {
        var fields = RequestFields()
        for field in headers {
            fields.take(field)
        }
        let head = try RequestHead(fields, isKnownRoute: route != nil)
        loop.worked(on: head.metadata.byteCount)
        let isOpenToAll = route.flatMap { shared.builtInMethod(at: $0) }.map { !$0.needsSecret } ?? false
        if !isOpenToAll {
            let refusal = shared.secretCheck.refusal(of: head.metadata, peerAddress: peer.address, logger: logger)
            if let refusal { throw .status(refusal, acceptEncoding: false) }
        }
        return CallHead(head, countedBy: account)
    }

    private func refuse(_ stream: HTTP2Stream, _ rejection: RejectionError) {
        switch rejection {
        case .http(let status, var body):
            body.withUTF8 { body in
                http2.respond(
                    to: stream,
                    headers: AnswerHeaders.http(status: status),
                    body: UnsafeRawBufferPointer(body),
                    trailers: HeaderFields()
                )
            }
        case .status(let status, let acceptEncoding):
            http2.respond(to: stream, headersOnly: AnswerHeaders.status(status, acceptEncoding: acceptEncoding))
        }
    }

    private func makeContext(_ event: ProxyEvent, _ head: CallHead, deadline: UInt64?) -> CallContext {
        CallContext(CallRecord(event: event, metadata: head.metadata, peer: peer, deadline: deadline))
    }

    private func deadline(of head: CallHead, on http2: HTTP2Connection) -> UInt64? {
        head.timeout.flatMap { http2.deadline(after: $0) }
    }

    private func start(
        _ stream: HTTP2Stream,
        route index: Int?,
        head: CallHead,
        deadline: UInt64?,
        _ received: UInt64,
        _ body: UnsafeRawBufferPointer,
        on http2: HTTP2Connection
    ) {
        guard let index, let route = shared.service.route(at: index), let queue = shared.queues[index] else {
            return answerUnhandled(stream, route: index)
        }
        guard allowsCall(stream, route: index, on: http2) else { return }
        let workload = UnaryMessage.workload(of: body)
        loop.worked(on: workload)
        if LargeMessages.takes(workload: workload) {
            return decodeLater(stream, route: index, head: head, deadline: deadline, body)
        }
        do {
            let limit = shared.limits.request
            let message = try UnaryMessage(body: body, encoding: head.encoding, limit: limit, gzip: shared.gzip)
            start(stream, route: route, queue: queue, head: head, deadline: deadline, received, message)
        } catch {
            refuseMalformed(stream, route: index, error)
        }
    }

    private func decodeLater(
        _ stream: HTTP2Stream,
        route: Int,
        head: CallHead,
        deadline: UInt64?,
        _ body: UnsafeRawBufferPointer
    ) {
        let held = HeldBody(body, route: route, account: account)
        let request = IncompleteRequest(
            stream: stream,
            route: route,
            head: head,
            deadline: deadline,
            body: held,
            connection: self
        )
        request.timer = deadline.map { loop.arm($0, owner: request) }
        setEntry(.incomplete(request), of: stream)
        decodeLater(request)
    }

    /// Starts the call of a request whose message had to wait.
    func start(_ request: IncompleteRequest, _ body: HeldBody, _ message: UnaryMessage) {
        guard let route = shared.service.route(at: body.route), let queue = shared.queues[body.route] else { return }
        disarm(request.timer)
        setEntry(.none, of: request.stream)
        // Others have been decoded since this one came.
        guard allowsCall(request.stream, route: request.route, on: http2) else { return }
        let (head, deadline, received) = (request.head, request.deadline, request.receivedAt)
        start(request.stream, route: route, queue: queue, head: head, deadline: deadline, received, message)
    }

    private func start(
        _ stream: HTTP2Stream,
        route: Route,
        queue: Int,
        head: CallHead,
        deadline: UInt64?,
        _ received: UInt64,
        _ message: UnaryMessage
    ) {
        guard callLimiter.enter() else {
            callLimiter.reportShed(to: logger)
            observe(route.index, .shed(route.event))
            return sendStatus(GRPCStatus(.unavailable, "the server has too many calls"), to: stream)
        }
        let request: DecodedRequest
        let size: Int
        do {
            (request, size) = try message.withBytes { bytes throws(WireError) in
                observer?.metrics.received(bytes.count, ofEventAt: route.index)
                let (request, elements) = try route.decode(bytes, shared.limits.elements)
                return (request, bytes.count + elements * Self.elementSize)
            }
        } catch {
            callLimiter.leave()
            return refuseMalformed(stream, route: route.index, error)
        }
        let context = makeContext(route.event, head, deadline: deadline)
        let trace = observer?.beginTrace(of: route.event, head.metadata.values, receivedAt: received)
        // Consumed: what goes to its place as a copy is retained and released once more.
        let call = ProxyCall(
            route: consume route,
            request: consume request,
            context: consume context,
            stream: stream,
            acceptsGzip: head.acceptsGzip,
            receivedAt: received,
            trace: trace,
            connection: self,
            charge: MemoryCharge(size + Self.callSize, to: account)
        )
        setEntry(.call(call), of: stream)
        call.timer = loop.submit(call, queue: queue, deadline: deadline)
    }

    /// Whether the stream may have a call; one that may not is answered here.
    private func allowsCall(_ stream: HTTP2Stream, route: Int, on http2: HTTP2Connection) -> Bool {
        guard abandonedCalls < shared.limits.abandonedCalls else {
            observe(route, .shed(ProxyEvent.all[route]))
            http2.reset(stream, .refusedStream)
            return false
        }
        guard http2.allowsCalls else {
            callLimiter.reportHoarding(by: peer.address, to: logger)
            observe(route, .shed(ProxyEvent.all[route]))
            sendStatus(GRPCStatus(.unavailable, "the connection has too much on its way"), to: stream)
            return false
        }
        return true
    }

    /// Answers a call whose message cannot be decoded.
    private func refuseMalformed(_ stream: HTTP2Stream, route: Int, _ error: any Error) {
        let status = Self.status(ofMalformed: error)
        observe(route, CallVerdict(failed: status, of: ProxyEvent.all[route]))
        sendStatus(status, to: stream)
    }

    static func status(ofMalformed error: any Error) -> GRPCStatus {
        if let status = error as? GRPCStatus { return status }
        let isTooMuch = (error as? WireError)?.reason == .tooManyElements
        return GRPCStatus(isTooMuch ? .resourceExhausted : .internalError, "malformed request: \(error)")
    }

    private func answerUnhandled(_ stream: HTTP2Stream, route: Int?) {
        guard let route else { return sendStatus(GRPCStatus(.unimplemented, "unknown method"), to: stream) }
        let event = ProxyEvent.all[route]
        if shared.service.isFirstUnhandled(event) {
            shared.logger.unhandled(event)
        }
        observe(route, shared.unhandled[route].verdict(of: event), reason: .noRule)
        switch shared.unhandled[route] {
        case .encoded(let message, _):
            message.withUnsafeBytes { body in
                http2.respond(
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
