import HTTP2FrameKit
import HTTP2Framing
import Testing

/// The answers to frames that RFC 9113 forbids.
///
/// The tables name the rule's section.
@Suite struct HTTP2SessionViolationTests {
    struct Row: CustomTestStringConvertible, Sendable {
        let rule: String
        let frames: [Frame]
        let code: ErrorCode

        init(_ rule: String, _ code: ErrorCode, _ frames: Frame...) {
            self.rule = rule
            self.frames = frames
            self.code = code
        }

        var testDescription: String { rule }
    }

    static let ofConnection: [Row] = [
        Row("§4.2 frame above MAX_FRAME_SIZE", .frameSizeError, .ping([UInt8](repeating: 0, count: 16_385))),
        Row("§4.3 broken header block", .compressionError, .headers(1, [.raw([0x80])])),
        Row("§5.1 DATA on an idle stream", .protocolError, .data(1, [1])),
        Row("§5.1 RST_STREAM on an idle stream", .protocolError, .resetStream(1, .cancel)),
        Row("§5.1 WINDOW_UPDATE on an idle stream", .protocolError, .windowUpdate(1, 1)),
        Row("§5.1.1 even stream identifier", .protocolError, .unary(2)),
        Row("§6.1 DATA on stream 0", .protocolError, .data(0, [1])),
        Row(
            "§6.1 more padding than payload",
            .protocolError,
            .unary(1),
            Frame(.data, flags: .padded, streamID: 1, payload: [9, 1])
        ),
        Row("§6.2 HEADERS on stream 0", .protocolError, .unary(0)),
        Row("§6.2 HEADERS with a CONTINUATION elsewhere", .protocolError, .headers(1, [], []), .continuation(3, [])),
        Row("§6.2 HEADERS interrupted", .protocolError, .headers(1, [], []), .ping()),
        Row("§6.3 PRIORITY on stream 0", .protocolError, .priority(0)),
        Row("§6.3 short PRIORITY", .frameSizeError, Frame(.priority, streamID: 1, payload: [0, 0, 0, 0])),
        Row("§6.4 RST_STREAM on stream 0", .protocolError, .resetStream(0, .cancel)),
        Row("§6.4 short RST_STREAM", .frameSizeError, .unary(1), Frame(.resetStream, streamID: 1, payload: [0, 0, 0])),
        Row("§6.5 SETTINGS on a stream", .protocolError, Frame(.settings, streamID: 1)),
        Row("§6.5 SETTINGS of an odd length", .frameSizeError, Frame(.settings, payload: [0, 3, 0, 0, 0])),
        Row("§6.5 ACK with a payload", .frameSizeError, Frame(.settings, flags: .ack, payload: [0, 3, 0, 0, 0, 1])),
        Row("§6.5.2 ENABLE_PUSH neither 0 nor 1", .protocolError, .settings(Setting(.enablePush, 2))),
        Row("§6.5.2 window too large", .flowControlError, .settings(Setting(.initialWindowSize, 0x8000_0000))),
        Row("§6.5.2 MAX_FRAME_SIZE too small", .protocolError, .settings(Setting(.maxFrameSize, 16_383))),
        Row("§6.5.2 MAX_FRAME_SIZE too large", .protocolError, .settings(Setting(.maxFrameSize, 16_777_216))),
        Row(
            "§6.6 PUSH_PROMISE from a client",
            .protocolError,
            .unary(1),
            Frame(.pushPromise, flags: .endHeaders, streamID: 1, payload: [0, 0, 0, 2])
        ),
        Row(
            "§6.7 PING on a stream",
            .protocolError,
            Frame(.ping, streamID: 1, payload: [UInt8](repeating: 0, count: 8))
        ),
        Row("§6.7 short PING", .frameSizeError, .ping([1, 2, 3, 4, 5, 6, 7])),
        Row(
            "§6.8 GOAWAY on a stream",
            .protocolError,
            Frame(.goAway, streamID: 1, payload: [UInt8](repeating: 0, count: 8))
        ),
        Row("§6.8 short GOAWAY", .frameSizeError, Frame(.goAway, payload: [0, 0, 0, 0, 0, 0, 0])),
        Row("§6.9 short WINDOW_UPDATE", .frameSizeError, Frame(.windowUpdate, payload: [0, 0, 1])),
        Row("§6.9 increment of 0", .protocolError, .windowUpdate(0, 0)),
        // A stream error by the RFC; nghttp2 makes it the connection's.
        Row("§6.9 increment of 0 on a stream", .protocolError, .unary(1), .windowUpdate(1, 0)),
        Row("§6.9.1 connection window overflow", .flowControlError, .windowUpdate(0, 0x7FFF_FFFF)),
        Row("§6.10 CONTINUATION without HEADERS", .protocolError, .continuation(1, [0x82])),
        Row("§5.1 HEADERS on a stream that ended", .streamClosed, .unary(1, .whole), .unary(1, .whole)),
        Row("§5.1.1 HEADERS on a lower stream that was skipped", .streamClosed, .unary(3, .whole), .unary(1, .whole)),
        Row("§5.1 HEADERS on a stream that was reset", .streamClosed, .unary(1), .resetStream(1, .cancel), .unary(1)),
        Row("§5.1 DATA on a stream that ended", .streamClosed, .unary(1, .whole), .data(1, [1])),
    ]

    /// Hostile input: skipped-stream, finished-stream, wrong-stream-id, wrong-size, wrong-padding, settings-values,
    /// provoked-window-zero, provoked-data-after-end, provoked-priority.
    @Test("ends the connection with the code of the rule", arguments: ofConnection)
    func connection(row: Row) throws {
        let peer = try Peer()
        peer.send(row.frames)
        let received = try peer.received()
        guard case .goAway(_, let code)? = received.last else {
            Issue.record("no GOAWAY but \(received)")
            return
        }
        #expect(code == row.code)
        #expect(peer.isFinished)
        #expect(peer.terminationCode?.rawValue == row.code.rawValue)
    }

    private static func malformed(_ rule: String, _ field: Field) -> Row {
        Row(rule, .protocolError, .headers(1, .request("/unary", [field]), .whole))
    }

    private static var common: [HeaderRepresentation] { [.literal(":authority", "a")] }

    static let ofStream: [Row] = [
        Row("§6.9.1 stream window overflow", .flowControlError, .unary(1), .windowUpdate(1, 0x7FFF_FFFF)),
        Row(
            "§8.1.1 content-length too small",
            .protocolError,
            .headers(1, .request("/unary", [Field("content-length", "1")])),
            .data(1, [1, 2])
        ),
        Row(
            "§8.1.1 content-length too large",
            .protocolError,
            .headers(1, .request("/unary", [Field("content-length", "3")])),
            .data(1, [1, 2], .endStream)
        ),
        Row("§8.2 upper-case name", .protocolError, .headers(1, .request("/unary", [Field("X-Upper", "")]), .whole)),
        malformed("§8.2.1 NUL in a value", Field("x-bad", "a\0")),
        malformed("§8.2.1 line break in a value", Field("x-bad", "a\r\nb: c")),
        malformed("§8.2.1 space in a name", Field("x b", "c")),
        malformed("§8.2.1 empty name", Field("", "c")),
        Row(
            "§8.2.2 connection",
            .protocolError,
            .headers(1, .request("/unary", [Field("connection", "close")]), .whole)
        ),
        Row(
            "§8.2.2 transfer-encoding",
            .protocolError,
            .headers(1, .request("/unary", [Field("transfer-encoding", "chunked")]), .whole)
        ),
        Row(
            "§8.2.2 te other than trailers",
            .protocolError,
            .headers(1, .request("/unary", [Field("te", "gzip")]), .whole)
        ),
        Row(
            "§8.3 pseudo-header after a field",
            .protocolError,
            .headers(1, .request("/unary") + [.literal(":scheme", "http")], .whole)
        ),
        Row(
            "§8.3 unknown pseudo-header",
            .protocolError,
            .headers(1, [.literal(":odd", "")] + .request("/unary"), .whole)
        ),
        Row(
            "§8.3 a response's pseudo-header",
            .protocolError,
            .headers(1, [.literal(":status", "200")] + .request("/unary"), .whole)
        ),
        Row("§8.3.1 method twice", .protocolError, .headers(1, [.indexed(3)] + .request("/unary"), .whole)),
        Row("§8.3.1 no method", .protocolError, .headers(1, [.indexed(6), .indexed(4)] + common, .whole)),
        Row("§8.3.1 no scheme", .protocolError, .headers(1, [.indexed(3), .indexed(4)] + common, .whole)),
        Row("§8.3.1 no path", .protocolError, .headers(1, [.indexed(3), .indexed(6)] + common, .whole)),
        Row("§8.3.1 empty path", .protocolError, .headers(1, .request(""), .whole)),
        Row("§8.3.1 path without a slash", .protocolError, .headers(1, .request("unary"), .whole)),
        Row(
            "§8.3.1 neither authority nor host",
            .protocolError,
            .headers(1, [.indexed(3), .indexed(6), .literal(":path", "/unary")], .whole)
        ),
        Row(
            "§8.3.1 empty authority",
            .protocolError,
            .headers(1, [.indexed(3), .indexed(6), .literal(":path", "/unary"), .literal(":authority", "")], .whole)
        ),
        Row(
            "§8.3.1 unknown scheme",
            .protocolError,
            .headers(1, [.indexed(3), .literal(":scheme", "ftp"), .literal(":path", "/unary")] + common, .whole)
        ),
        malformed("§8.3.1 host of another name", Field("host", "other:10001")),
        malformed("§8.3.1 host of another port", Field("host", "backend:10002")),
        malformed("§8.3.1 host without the port", Field("host", "backend")),
        malformed("§8.3.1 empty host", Field("host", "")),
        Row("§8.1 trailers without END_STREAM", .protocolError, .unary(1), .headers(1, .init([Field("x", "y")]))),
        Row("§8.1 pseudo-header in trailers", .protocolError, .unary(1), .headers(1, [.indexed(3)], .whole)),
    ]

    /// Hostile input: finished-stream.
    @Test("ends the connection for HEADERS on a stream that was answered")
    func answered() throws {
        let peer = try Peer()
        peer.send(.unary(1, .whole))
        peer.respond(1)
        _ = try peer.received()
        peer.send(.unary(1, .whole))
        try peer.expect(.goAway(last: 1, .streamClosed))
    }

    @Test("ignores trailers that crossed its RST_STREAM, and keeps HPACK's table in step")
    func crossedTrailers() throws {
        let peer = try Peer()
        peer.send(.unary(1), .stream(3))
        peer.refuse(1)
        peer.app { $0.reset(3, .cancel) }
        _ = try peer.received()
        peer.send(.data(1, [1]), .headers(1, [.indexing("x-end", "1")], .whole), .headers(3, [.indexed(62)], .whole))
        try peer.expect()
        peer.send(.headers(5, [HeaderRepresentation].request("/unary") + [.indexed(62)], .whole))
        #expect(peer.fields[5]?["x-end"] == "1")
    }

    /// Hostile input: pseudo-headers, field-bytes, connection-fields, content-length, zero-length-name, te-other, no-path,
    /// host-mismatch, no-authority, unknown-scheme, provoked-window-overflow, provoked-malformed.
    @Test("resets the stream with the code of the rule, and keeps the connection", arguments: ofStream)
    func stream(row: Row) throws {
        let peer = try Peer()
        peer.send(row.frames)
        try peer.expect(.resetStream(1, row.code))
        #expect(!peer.takeSeen().contains { if case .request = $0 { true } else { false } })
        #expect(peer.openStreams == 0)
        peer.send(.unary(3, .whole))
        peer.sees(.request(3, route: 0, body: []))
        #expect(peer.terminationCode == nil)
    }
}
