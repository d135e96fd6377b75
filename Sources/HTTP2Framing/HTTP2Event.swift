internal import CNghttp2

/// A stream of a session: its identifier, and the slot that is its own while it lives.
///
/// Slots are small numbers, reused after a stream, so that an array can hold what belongs to each open stream.
package struct HTTP2Stream: Hashable, Sendable {
    package let id: Int32
    package let slot: Int

    package init(id: Int32, slot: Int) {
        self.id = id
        self.slot = slot
    }
}

/// Something that happened on a connection.
///
/// Header lists and bytes are views into the session's memory or into the received bytes: they are valid until the next
/// event is asked for after this one has been handled.
package enum HTTP2Event {
    /// Server: the whole request of a unary route, or of no route. If an `opened` preceded it, that had the same header
    /// list.
    case request(HTTP2Stream, route: Int?, HeaderList, body: UnsafeRawBufferPointer)
    /// A header list, its body still to come: a request's on a server, the final response's on a client.
    case opened(HTTP2Stream, route: Int?, HeaderList)
    /// The first bytes, five or more, of a unary request's body that did not arrive at once.
    case bodyStarted(HTTP2Stream, UnsafeRawBufferPointer)
    /// A piece of a streaming body; call `consume` to return its credit to the peer.
    case data(HTTP2Stream, UnsafeRawBufferPointer)
    /// The peer has ended its side. A client gets the trailers with it.
    case ended(HTTP2Stream, HeaderList)
    /// The stream was closed before its exchange was complete.
    case closed(HTTP2Stream, HTTP2ErrorCode)
    /// A streaming answer that was full accepts more bytes.
    case writable(HTTP2Stream)
    /// The header list exceeds the limit.
    case headersTooLarge(HTTP2Stream)
    /// The body of a unary request exceeds the limit.
    case bodyTooLarge(HTTP2Stream)
    /// The peer accepts no new streams above `lastStreamID`.
    case goAway(lastStreamID: Int32, HTTP2ErrorCode)
    /// The peer's SETTINGS took effect.
    case settings
    /// The peer answered a PING of `HTTP2Session.ping()`, or sent an answer without one.
    case pong
    /// Server: the peer has read the notice of `HTTP2Session.announceShutdown()`; every stream that it opened before
    /// has arrived.
    case noticeAcknowledged

    init(_ event: cnghttp2_event) {
        let stream = HTTP2Stream(id: event.stream_id, slot: Int(event.slot))
        let code = HTTP2ErrorCode(rawValue: event.error_code)
        self =
            switch event.kind {
            case .CNGHTTP2_EVENT_REQUEST:
                .request(stream, route: event.routeIndex, HeaderList(event), body: event.bytes)
            case .CNGHTTP2_EVENT_OPENED: .opened(stream, route: event.routeIndex, HeaderList(event))
            case .CNGHTTP2_EVENT_DATA: .data(stream, event.bytes)
            case .CNGHTTP2_EVENT_END: .ended(stream, HeaderList(event))
            case .CNGHTTP2_EVENT_CLOSED: .closed(stream, code)
            case .CNGHTTP2_EVENT_WRITABLE: .writable(stream)
            case .CNGHTTP2_EVENT_HEADERS_TOO_LARGE: .headersTooLarge(stream)
            case .CNGHTTP2_EVENT_BODY_TOO_LARGE: .bodyTooLarge(stream)
            case .CNGHTTP2_EVENT_BODY_STARTED: .bodyStarted(stream, event.bytes)
            case .CNGHTTP2_EVENT_GOAWAY: .goAway(lastStreamID: event.stream_id, code)
            case .CNGHTTP2_EVENT_SETTINGS: .settings
            case .CNGHTTP2_EVENT_PONG: .pong
            case .CNGHTTP2_EVENT_NOTICE_ACKNOWLEDGED: .noticeAcknowledged
            }
    }
}

extension cnghttp2_event {
    fileprivate var routeIndex: Int? { route < 0 ? nil : Int(route) }
    fileprivate var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: body, count: body_length) }
}
