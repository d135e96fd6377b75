internal import CNghttp2

/// One HTTP/2 connection without I/O: received bytes go in, events come out; answers go in, bytes to send come out.
///
/// A session belongs to one thread at a time. After each `receive` and each `write`, take events until there are none:
/// this also releases the memory that earlier events lent.
package struct HTTP2Session: ~Copyable {
    /// The result of submitting bytes or an answer.
    package enum Submission {
        case accepted
        /// Accepted, but the stream has more unsent bytes than it should: wait for `HTTP2Event.writable`.
        case full
        /// The stream is gone or was already answered; nothing was sent.
        case streamGone
    }

    let handle: OpaquePointer
    // Borrowed by the C session, so it must live as long.
    private let routes: HTTP2Routes?

    /// Makes the server's side of a connection.
    package init(serverFor routes: HTTP2Routes, settings: HTTP2Settings = HTTP2Settings()) {
        var cSettings = settings.cSettings
        guard let handle = cnghttp2_session_create_server(routes.handle, &cSettings) else {
            preconditionFailure("nghttp2 refused the session's settings: \(settings)")
        }
        self.handle = handle
        self.routes = routes
    }

    /// Makes the client's side of a connection.
    package init(clientWith settings: HTTP2Settings) {
        var cSettings = settings.cSettings
        guard let handle = cnghttp2_session_create_client(&cSettings) else {
            preconditionFailure("nghttp2 refused the session's settings: \(settings)")
        }
        self.handle = handle
        self.routes = nil
    }

    deinit {
        cnghttp2_session_free(handle)
    }

    /// Takes received bytes, which must stay in place until their events are taken.
    ///
    /// When a peer breaks the protocol, the next write sends RST_STREAM or GOAWAY; nothing is thrown.
    /// - Parameters:
    ///   - bytes: Bytes that were read from the connection, in any portions.
    ///   - now: Nanoseconds of a monotonic clock.
    package mutating func receive(_ bytes: UnsafeRawBufferPointer, now: UInt64) {
        guard let start = bytes.bindMemory(to: UInt8.self).baseAddress else { return }
        cnghttp2_session_receive(handle, start, bytes.count, now)
    }

    /// The next event; nil when all have been taken.
    package mutating func nextEvent() -> HTTP2Event? {
        var event = cnghttp2_event()
        return cnghttp2_session_next_event(handle, &event) ? HTTP2Event(event) : nil
    }

    /// Copies bytes to send into `buffer` and returns how many; fewer than its size means that no more are ready.
    package mutating func write(into buffer: UnsafeMutableRawBufferPointer) -> Int {
        guard let start = buffer.bindMemory(to: UInt8.self).baseAddress else { return 0 }
        return cnghttp2_session_write(handle, start, buffer.count)
    }

    /// Whether `write` would return bytes now, apart from flow control.
    package var wantsWrite: Bool { cnghttp2_session_wants_write(handle) }

    /// Whether everything has been exchanged and sent, so that the connection can be closed.
    package var isFinished: Bool { cnghttp2_session_is_finished(handle) }

    /// Whether the first bytes were not HTTP/2's connection preface (RFC 9113 §3.4).
    package var prefaceFailed: Bool { cnghttp2_session_preface_failed(handle) }

    /// The code with which this side ended the connection; nil while it has not.
    package var terminationCode: HTTP2ErrorCode? {
        let code = cnghttp2_session_error_code(handle)
        return code == 0 ? nil : HTTP2ErrorCode(rawValue: code)
    }

    /// Why this side ended the connection, as its GOAWAY tells the peer; nil where there is only the code.
    package var terminationReason: String? {
        cnghttp2_session_end_reason(handle).map { String(cString: $0) }
    }

    /// How many streams are open in either direction.
    package var openStreams: Int { cnghttp2_session_open_streams(handle) }

    /// Client: how many streams the server allows at a time (RFC 9113 §6.5.2); before its SETTINGS, no limit is known.
    package var allowedStreams: Int { Int(cnghttp2_session_allowed_streams(handle)) }

    /// How many bytes are held for the peer: bodies, header lists, unsent answers, the cost of each stream, and the
    /// application's bytes as last reported.
    package var heldBytes: Int { cnghttp2_session_held_bytes(handle) }

    /// Reports how many bytes the application holds for the peer; they are added to the session's own.
    package mutating func setApplicationBytes(_ count: Int) {
        cnghttp2_session_set_application_bytes(handle, count)
    }

    /// Whether the held memory leaves room for more calls: at most five eighths of `HTTP2Settings.maxMemory`.
    ///
    /// Above that, the application should refuse calls one by one. Above three quarters the session refuses streams,
    /// and above the whole it ends the connection.
    package var allowsCalls: Bool { cnghttp2_session_allows_calls(handle) }

    /// The highest `heldBytes` after any receive or answer.
    package var mostHeldBytes: Int { cnghttp2_session_most_held_bytes(handle) }

    /// How many bytes of answers wait for the peer's flow control.
    package var unsentBytes: Int { cnghttp2_session_unsent_bytes(handle) }

    /// Sends a GOAWAY that still lets the peer open streams: the notice that precedes `shutDown` (RFC 9113 §6.8).
    ///
    /// `HTTP2Event.noticeAcknowledged` follows when the peer answers the PING that is sent after it.
    package mutating func announceShutdown() {
        cnghttp2_session_announce_shutdown(handle)
    }

    /// Sends GOAWAY with the last stream accepted so far: later ones are refused, open ones continue.
    package mutating func shutDown() {
        cnghttp2_session_shut_down(handle)
    }

    /// Ends the connection with GOAWAY and abandons open streams.
    package mutating func terminate(_ code: HTTP2ErrorCode) {
        cnghttp2_session_terminate(handle, code.rawValue)
    }

    /// Sends a PING; its answer is `HTTP2Event.pong`.
    package mutating func ping() {
        cnghttp2_session_ping(handle)
    }

    /// Returns free memory pages, of sessions and everything else, to the system.
    ///
    /// Takes milliseconds: the allocator searches all free memory.
    package static func releaseFreeMemory() {
        cnghttp2_release_free_memory()
    }
}
