import GRPCCall
import HTTP2Framing
import HTTP2Transport
import Logging
import ProtobufWire
import ProxyMessages

extension ProxyConnection {
    func receivedRequest(
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

    func receivedHead(_ stream: HTTP2Stream, route: Int?, _ headers: HeaderList) {
        guard let head = check(stream, route: route, headers), let route else { return }
        if let method = shared.builtInMethod(at: route) { return open(stream, method, head: head) }
        guard let lane = shared.lanes[route] else { return answerUnhandled(stream, route: route) }
        if let streamRoute = shared.service.streamRoute(at: route) {
            return open(stream, streamRoute, lane: lane, head: head)
        }
        let request = IncompleteRequest(stream: stream, head: head, deadline: deadline(of: head), connection: self)
        let patience = http2.receivedAt + shared.limits.requestTimeout
        request.timer = loop.arm(min(request.deadline ?? .max, patience), owner: request)
        setEntry(.incomplete(request), of: stream)
    }

    private func open(_ stream: HTTP2Stream, _ route: StreamRoute, lane: Int, head: RequestHead) {
        guard abandonedCalls < shared.limits.abandonedCalls else { return http2.reset(stream, .refusedStream) }
        let deadline = deadline(of: head)
        let context = makeContext(route.event, head, deadline: deadline)
        let subscription = SubscriptionStream(
            route: route,
            lane: lane,
            context: context,
            stream: stream,
            head: head,
            deadline: deadline,
            connection: self
        )
        setEntry(.stream(subscription), of: stream)
    }

    private func open(_ stream: HTTP2Stream, _ method: BuiltInMethod, head: RequestHead) {
        guard builtInStreams < shared.limits.builtInStreams else {
            return sendStatus(GRPCStatus(.resourceExhausted, "the connection has too many such streams"), to: stream)
        }
        let served = BuiltInStream(method, stream: stream, head: head, deadline: deadline(of: head), connection: self)
        setEntry(.stream(served), of: stream)
    }

    func servedStream(_ stream: HTTP2Stream) -> (any ServedStream)? {
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
    private func check(_ stream: HTTP2Stream, route: Int?, _ headers: HeaderList) -> RequestHead? {
        if let head = recentHeads.head(of: headers) { return head }
        do throws(Rejection) {
            let head = try admittedHead(headers, route: route)
            recentHeads.keep(head, of: headers)
            return head
        } catch {
            reject(stream, error)
            return nil
        }
    }

    /// Does gRPC's checks and asks for the shared secret.
    private func admittedHead(_ headers: HeaderList, route: Int?) throws(Rejection) -> RequestHead {
        var fields = RequestFields()
        for field in headers {
            fields.take(field)
        }
        let head = try RequestHead(fields, isKnownRoute: route != nil)
        if let route, let method = shared.builtInMethod(at: route), !method.needsSecret { return head }
        let refusal = shared.doorkeeper.refusal(of: head.metadata, peerAddress: peer.address, logger: logger)
        if let refusal { throw .status(refusal, acceptEncoding: false) }
        return head
    }

    private func reject(_ stream: HTTP2Stream, _ rejection: Rejection) {
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

    private func makeContext(_ event: ProxyEvent, _ head: RequestHead, deadline: UInt64?) -> CallContext {
        CallContext(CallRecord(event: event, metadata: head.metadata, peer: peer, deadline: deadline))
    }

    private func deadline(of head: RequestHead) -> UInt64? {
        head.timeout.flatMap { http2.deadline(after: $0) }
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
            return http2.reset(stream, .refusedStream)
        }
        guard admission.enter() else {
            admission.reportShed(to: logger)
            return sendStatus(GRPCStatus(.unavailable, "the server has too many calls"), to: stream)
        }
        let request: DecodedRequest
        do {
            request = try decode(body, of: head, by: route)
        } catch {
            admission.leave()
            return sendStatus(Self.status(ofMalformed: error), to: stream)
        }
        let context = makeContext(route.event, head, deadline: deadline)
        // Consumed: what goes to its place as a copy is retained and released once more.
        let call = ProxyCall(
            route: consume route,
            request: consume request,
            context: consume context,
            stream: stream,
            acceptsGzip: head.acceptsGzip,
            connection: self
        )
        setEntry(.call(call), of: stream)
        call.timer = loop.submit(call, lane: lane, deadline: deadline)
    }

    private func decode(
        _ body: UnsafeRawBufferPointer,
        of head: RequestHead,
        by route: Route
    ) throws -> DecodedRequest {
        let limit = shared.limits.request
        let message = try UnaryMessage(body: body, encoding: head.encoding, limit: limit, gzip: shared.gzip)
        return try message.withBytes { bytes throws(WireError) in try route.decode(bytes) }
    }

    static func status(ofMalformed error: any Error) -> GRPCStatus {
        error as? GRPCStatus ?? GRPCStatus(.internalError, "malformed request: \(error)")
    }

    private func answerUnhandled(_ stream: HTTP2Stream, route: Int?) {
        guard let route else { return sendStatus(GRPCStatus(.unimplemented, "unknown method"), to: stream) }
        let event = ProxyEvent.allCases[route]
        if shared.service.isFirstUnhandled(event) {
            shared.logger.unhandled(event)
        }
        switch shared.unhandled[route] {
        case .message(let message):
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
