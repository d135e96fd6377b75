import HTTP2FrameKit
import HTTP2Framing
import Testing

@Suite struct HTTP2SessionStreamTests {
    @Test("reports a streaming request piece by piece, without copying")
    func pieces() throws {
        let peer = try Peer()
        peer.send(.stream(1))
        peer.sees(.opened(1, route: 1))
        #expect(peer.fields[1]?[":path"] == "/stream")
        peer.send(.data(1, [1]), .data(1, [2, 3]))
        peer.sees(.data(1, [1]), .data(1, [2, 3]))
        #expect(peer.bodyOffset == 2 * Frame.headerLength + 1)
        peer.send(.data(1, [4], .endStream))
        peer.sees(.data(1, [4]), .ended(1))
    }

    @Test("ends a streaming request by trailers too")
    func trailers() throws {
        let peer = try Peer()
        peer.send(.stream(1), .data(1, [1]), .headers(1, .init([Field("x-end", "1")]), .whole))
        peer.sees(.opened(1, route: 1), .data(1, [1]), .ended(1))
    }

    @Test("returns a stream's window only for what was taken")
    func consume() throws {
        var settings = HTTP2Settings()
        settings.streamWindow = 1000
        let peer = try Peer(settings: settings)
        peer.send(.stream(1), .data(1, [UInt8](repeating: 1, count: 1000)))
        try peer.expect()
        // nghttp2 saves frames: it waits for half a window.
        peer.app { $0.consume(499, of: 1) }
        try peer.expect()
        peer.app { $0.consume(1, of: 1) }
        try peer.expect(.windowUpdate(1, 500))
        peer.app { $0.consume(500, of: 1) }
        try peer.expect(.windowUpdate(1, 500))
    }

    @Test("stalls only the unread stream")
    func unread() throws {
        var settings = HTTP2Settings()
        settings.streamWindow = 65_535
        settings.connectionWindow = 65_535
        let peer = try Peer(settings: settings)
        peer.send([.stream(1)] + Self.chunks(of: 65_535, for: 1))
        let credit = try peer.received()
        #expect(!credit.isEmpty && credit.allSatisfy { $0.streamID == 0 })
        peer.send([.unary(3)] + Self.chunks(of: 30_000, for: 3) + [.data(3, [], .endStream)])
        #expect(peer.takeSeen().last == .request(3, route: 0, body: [UInt8](repeating: 1, count: 30_000)))
        peer.send(.data(1, [1]))
        #expect(try peer.received().contains(.resetStream(1, .flowControlError)))
    }

    private static func chunks(of count: Int, for id: UInt32) -> [Frame] {
        stride(from: 0, to: count, by: 16_384).map {
            .data(id, [UInt8](repeating: 1, count: min(16_384, count - $0)))
        }
    }

    @Test("sends a streaming answer as it is written, and no empty DATA at its end")
    func answer() throws {
        let peer = try Peer()
        peer.send(.stream(1, .whole))
        #expect(peer.start(1) == .accepted)
        try peer.expect(.headers(1, Peer.headFields, endStream: false))
        peer.write(1, [1])
        try peer.expect(.data(1, [1], endStream: false))
        peer.write(1, [2])
        peer.write(1, [3])
        try peer.expect(.data(1, [2, 3], endStream: false))
        try peer.expect()
        #expect(!peer.wantsWrite)
        #expect(peer.end(1) == .accepted)
        try peer.expect(.headers(1, Peer.okFields, endStream: true))
        #expect(peer.write(1, [4]) == .streamGone)
        #expect(peer.end(1) == .streamGone)
        peer.sees(.opened(1, route: 1), .ended(1))
    }

    @Test("sends headers, all bytes and trailers of an answer that ended before it was written")
    func endedBeforeWritten() throws {
        let peer = try Peer()
        peer.send(.stream(1, .whole))
        peer.start(1)
        peer.write(1, [1, 2])
        peer.end(1)
        try peer.expect(
            .headers(1, Peer.headFields, endStream: false),
            .data(1, [1, 2], endStream: false),
            .headers(1, Peer.okFields, endStream: true)
        )
    }

    @Test("refuses body bytes before the answer's headers")
    func bodyFirst() throws {
        let peer = try Peer()
        peer.send(.stream(1))
        #expect(peer.write(1, [1]) == .streamGone)
        #expect(peer.end(1) == .streamGone)
        try peer.expect()
    }

    @Test("answers while the request is open, and ends it with RST_STREAM NO_ERROR")
    func bidirectional() throws {
        let peer = try Peer()
        peer.send(.stream(1), .data(1, [1]))
        peer.start(1)
        peer.write(1, [11])
        try peer.expect(.headers(1, Peer.headFields, endStream: false), .data(1, [11], endStream: false))
        peer.send(.data(1, [2]))
        peer.write(1, [12])
        try peer.expect(.data(1, [12], endStream: false))
        peer.sees(.opened(1, route: 1), .data(1, [1]), .data(1, [2]))
        peer.end(1)
        try peer.expect(.headers(1, Peer.okFields, endStream: true), .resetStream(1, .noError))
        peer.sees()
        #expect(peer.openStreams == 0)
    }

    @Test("reports FULL above the high-water mark, and WRITABLE once at half of it")
    func fullAndWritable() throws {
        var settings = HTTP2Settings()
        settings.highWater = 1000
        let peer = try Peer(opening: [.settings(Setting(.initialWindowSize, 0)), .settingsAck], settings: settings)
        peer.send(.stream(1))
        peer.start(1)
        #expect(peer.write(1, [UInt8](repeating: 1, count: 1000)) == .accepted)
        #expect(peer.write(1, [1]) == .full)
        #expect(peer.write(1, [1]) == .full)
        try peer.expect(.headers(1, Peer.headFields, endStream: false))
        peer.send(.windowUpdate(1, 501))
        #expect(try peer.received().count == 1)
        peer.sees(.opened(1, route: 1))
        #expect(peer.write(1, [1]) == .full)
        peer.send(.windowUpdate(1, 2))
        #expect(try peer.received().count == 1)
        peer.sees(.writable(1))
        #expect(peer.write(1, [1]) == .accepted)
        peer.send(.windowUpdate(1, 1000))
        #expect(try peer.received().count == 1)
        peer.sees()
    }

    @Test("reports a full stream as closed, not as writable")
    func closedWhileFull() throws {
        var settings = HTTP2Settings()
        settings.highWater = 10
        let peer = try Peer(opening: [.settings(Setting(.initialWindowSize, 0)), .settingsAck], settings: settings)
        peer.send(.stream(1))
        peer.start(1)
        #expect(peer.write(1, [UInt8](repeating: 1, count: 100)) == .full)
        peer.send(.windowUpdate(1, 100), .resetStream(1, .cancel))
        _ = try peer.received()
        peer.sees(.opened(1, route: 1), .closed(1, .cancel))
        #expect(peer.write(1, [1]) == .streamGone)
    }
}
