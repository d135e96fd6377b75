import HTTP2FrameKit
import HTTP2Framing
import Testing

@Suite struct HTTP2SessionShutdownTests {
    @Test("shuts down in two steps: a notice, then the last stream it takes")
    func twoSteps() throws {
        let peer = try Peer()
        peer.send(.unary(1, .whole))
        peer.app { $0.announceShutdown() }
        try peer.expect(.goAway(last: 0x7FFF_FFFF, .noError))
        peer.send(.unary(3, .whole))
        peer.sees(.request(1, route: 0, body: []), .request(3, route: 0, body: []))
        peer.app { $0.shutDown() }
        try peer.expect(.goAway(last: 3, .noError))
        peer.send(.unary(5, .whole))
        peer.sees()
        try peer.expect()
        peer.respond(1)
        #expect(try peer.received().count == 3)
        #expect(!peer.isFinished)
        peer.respond(3)
        #expect(try peer.received().count == 3)
        #expect(peer.isFinished)
        #expect(peer.terminationCode == nil)
    }

    @Test("goes on after the notice when no stream is open")
    func noticeWhenIdle() throws {
        let peer = try Peer()
        peer.app { $0.announceShutdown() }
        try peer.expect(.goAway(last: 0x7FFF_FFFF, .noError))
        #expect(!peer.isFinished)
        peer.app { $0.shutDown() }
        try peer.expect(.goAway(last: 0, .noError))
        #expect(peer.isFinished)
    }

    @Test("keeps flow control and streams alive while it drains")
    func draining() throws {
        let peer = try Peer(opening: [.settings(Setting(.initialWindowSize, 1)), .settingsAck])
        peer.send(.stream(1))
        peer.start(1)
        peer.app { $0.shutDown() }
        _ = try peer.received()
        peer.send(.data(1, [1]))
        peer.sees(.opened(1, route: 1), .data(1, [1]))
        peer.write(1, [1, 2])
        peer.end(1)
        try peer.expect(.data(1, [1], endStream: false))
        peer.send(.ping())
        try peer.expect(.pong([1, 2, 3, 4, 5, 6, 7, 8]))
        peer.send(.windowUpdate(1, 1))
        try peer.expect(
            .data(1, [2], endStream: false),
            .headers(1, Peer.okFields, endStream: true),
            .resetStream(1, .noError)
        )
        #expect(peer.isFinished)
    }

    @Test("terminates at once, open streams and all", arguments: [HTTP2ErrorCode.noError, .enhanceYourCalm])
    func terminate(code: HTTP2ErrorCode) throws {
        let peer = try Peer()
        peer.send(.stream(1), .unary(3, .whole))
        peer.sees(.opened(1, route: 1), .request(3, route: 0, body: []))
        peer.app { $0.terminate(code) }
        #expect(!peer.isFinished)
        try peer.expect(.goAway(last: 3, ErrorCode(rawValue: code.rawValue)))
        #expect(peer.isFinished)
        #expect(peer.terminationCode == (code == .noError ? nil : code))
        peer.respond(3)
        peer.send(.data(1, [1]), .unary(5))
        peer.sees()
        try peer.expect()
    }

    @Test("tells the peer's GOAWAY, and is finished when its streams are")
    func peerGoesAway() throws {
        let peer = try Peer()
        peer.send(.unary(1, .whole), .goAway(last: 0, .noError))
        peer.sees(.request(1, route: 0, body: []), .goAway(last: 0, .noError))
        #expect(!peer.isFinished)
        peer.respond(1)
        #expect(try peer.received().count == 3)
        #expect(peer.isFinished)
    }
}
