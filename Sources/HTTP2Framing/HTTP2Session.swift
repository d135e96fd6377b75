internal import CNghttp2

/// One HTTP/2 connection without I/O: received bytes go in, events come out; answers go in, bytes to send come out.
///
/// A session belongs to one thread at a time. After each `receive` and each `write`, take events until there are none:
/// that is also what releases the memory that earlier events lent.
package struct HTTP2Session: ~Copyable {
    /// What submitting bytes or an answer came to.
    package enum Submission {
        case accepted
        /// Accepted, and the stream has more unsent bytes than it should: wait for `HTTP2Event.writable`.
        case full
        /// The stream is gone or was answered before; nothing was sent.
        case streamGone
    }

    let handle: OpaquePointer
    // Borrowed by the C session, so it has to live as long.
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
    /// A peer that breaks the protocol gets RST_STREAM or GOAWAY by what is written next; nothing is thrown.
    /// - Parameters:
    ///   - bytes: What was read from the connection, in any portions.
    ///   - now: Nanoseconds of a clock that only goes forward.
    package mutating func receive(_ bytes: UnsafeRawBufferPointer, now: UInt64) {
        guard let start = bytes.bindMemory(to: UInt8.self).baseAddress else { return }
        cnghttp2_session_receive(handle, start, bytes.count, now)
    }

    /// The next event, or nil when all are taken.
    package mutating func nextEvent() -> HTTP2Event? {
        var event = cnghttp2_event()
        return cnghttp2_session_next_event(handle, &event) ? HTTP2Event(event) : nil
    }

    /// Copies bytes to send into `buffer` and returns how many; fewer than fit means that there are no more now.
    package mutating func write(into buffer: UnsafeMutableRawBufferPointer) -> Int {
        guard let start = buffer.bindMemory(to: UInt8.self).baseAddress else { return 0 }
        return cnghttp2_session_write(handle, start, buffer.count)
    }

    /// Whether `write` would return bytes now, flow control aside.
    package var wantsWrite: Bool { cnghttp2_session_wants_write(handle) }

    /// Whether all is said and sent: the connection can be closed.
    package var isFinished: Bool { cnghttp2_session_is_finished(handle) }

    /// Whether the first bytes were not HTTP/2's connection preface (RFC 9113 §3.4).
    package var prefaceFailed: Bool { cnghttp2_session_preface_failed(handle) }

    /// The code with which this side ended the connection, nil while it has not.
    package var terminationCode: HTTP2ErrorCode? {
        let code = cnghttp2_session_error_code(handle)
        return code == 0 ? nil : HTTP2ErrorCode(rawValue: code)
    }

    /// Why this side ended the connection, as its GOAWAY tells the peer; nil where the code has to do.
    package var terminationReason: String? {
        cnghttp2_session_end_reason(handle).map { String(cString: $0) }
    }

    /// How many streams are open in either direction.
    package var openStreams: Int { cnghttp2_session_open_streams(handle) }

    /// How many bytes are held for the peer: bodies, header lists, unsent answers, what each stream costs, and what the
    /// application was last said to hold.
    package var heldBytes: Int { cnghttp2_session_held_bytes(handle) }

    /// Tells how many bytes the application holds for the peer, which count like the session's own.
    package mutating func setApplicationBytes(_ count: Int) {
        cnghttp2_session_set_application_bytes(handle, count)
    }

    /// Whether what is held leaves room for more calls: at most five eighths of `HTTP2Settings.maxMemory`.
    ///
    /// Above it calls are to be refused one by one; above three quarters the session refuses streams, and above all of it
    /// ends the connection.
    package var allowsCalls: Bool { cnghttp2_session_allows_calls(handle) }

    /// The most that `heldBytes` was behind a receive or an answer.
    package var mostHeldBytes: Int { cnghttp2_session_most_held_bytes(handle) }

    /// How many bytes of answers wait for the peer to let them go.
    package var unsentBytes: Int { cnghttp2_session_unsent_bytes(handle) }

    /// Sends a GOAWAY that lets the peer still open streams: a notice before `shutDown` (RFC 9113 §6.8).
    ///
    /// `HTTP2Event.noticeAcknowledged` follows, when the peer answers the PING that goes out after it.
    package mutating func announceShutdown() {
        cnghttp2_session_announce_shutdown(handle)
    }

    /// Sends GOAWAY with the last stream that is taken when it goes out: later ones are refused, open ones go on.
    package mutating func shutDown() {
        cnghttp2_session_shut_down(handle)
    }

    /// Ends the connection with GOAWAY; open streams are given up.
    package mutating func terminate(_ code: HTTP2ErrorCode) {
        cnghttp2_session_terminate(handle, code.rawValue)
    }

    /// Sends a PING; its answer is `HTTP2Event.pong`.
    package mutating func ping() {
        cnghttp2_session_ping(handle)
    }

    /// Gives the pages of memory that sessions and others have freed back to the system.
    ///
    /// Takes milliseconds: the allocator looks through all that is free.
    package static func releaseFreeMemory() {
        cnghttp2_release_free_memory()
    }
}
