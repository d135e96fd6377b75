import HTTP2FrameKit
import HTTP2Framing
import Testing

@Suite struct HTTP2SessionShutdownTests {
    // The content of the PING after the notice.
    private static let mark = [UInt8]("shutdown".utf8)
    private static let question = ReceivedFrame.ping(mark)
    // The content of any other PING of this side.
    private static let otherMark = [UInt8](repeating: 0, count: 8)

    @Test("shuts down in two steps: a notice, then the last stream that it accepts")
    func twoSteps() throws {
        let peer = try Peer()
        peer.send(.unary(1, .whole))
        peer.app { $0.announceShutdown() }
        try peer.expect(.goAway(last: 0x7FFF_FFFF, .noError), Self.question)
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

    @Test("asks after the notice whether that has arrived, and recognizes the answer")
    func notice() throws {
        let peer = try Peer()
        peer.app { $0.ping() }
        try peer.expect(.ping(Self.otherMark))
        // An answer without a question means nothing.
        peer.send(.ping(Self.mark, .ack), .unary(1, .whole), .ping(), .settings())
        peer.respond(1)
        peer.app {
            $0.announceShutdown()
            $0.ping()
        }
        let frames = try peer.received().filter { $0.streamID == 0 }
        let goAway = ReceivedFrame.goAway(last: 0x7FFF_FFFF, .noError)
        #expect(
            frames == [.pong([1, 2, 3, 4, 5, 6, 7, 8]), .settingsAck, .ping(Self.otherMark), goAway, Self.question]
        )
        peer.send(.ping(Self.otherMark, .ack), .ping([8, 7, 6, 5, 4, 3, 2, 1], .ack), .unary(3, .whole))
        peer.sees(
            .pong,
            .request(1, route: 0, body: []),
            .settings,
            .pong,
            .pong,
            .request(3, route: 0, body: [])
        )
        peer.send(.ping(Self.mark, .ack), .ping(Self.mark, .ack))
        peer.sees(.noticeAcknowledged, .pong)
        try peer.expect()
    }

    @Test("asks a peer that has sent GOAWAY itself, which gets no notice")
    func noticeToLeavingPeer() throws {
        let peer = try Peer()
        peer.send(.unary(1, .whole), .goAway(last: 0, .noError))
        peer.takeSeen()
        peer.app { $0.announceShutdown() }
        try peer.expect(Self.question)
        peer.send(.ping(Self.mark, .ack))
        peer.sees(.noticeAcknowledged)
        peer.app { $0.shutDown() }
        try peer.expect(.goAway(last: 1, .noError))
        peer.respond(1)
        #expect(try peer.received().count == 3)
        #expect(peer.isFinished)
    }

    @Test("sends one GOAWAY when it ends before the last one of a shutdown is written", arguments: [false, true])
    func endedMeanwhile(announced: Bool) throws {
        let peer = try Peer()
        peer.send(.stream(1))
        if announced { peer.app { $0.announceShutdown() } }
        peer.app {
            $0.shutDown()
            $0.terminate(.noError)
        }
        let frames = try peer.received().filter { if case .goAway(1, _) = $0 { true } else { false } }
        #expect(frames == [.goAway(last: 1, .noError)])
        #expect(peer.isFinished)
        peer.app { $0.shutDown() }
        #expect(peer.isFinished)
        try peer.expect()
    }

    @Test("continues after the notice when no stream is open")
    func noticeWhenIdle() throws {
        let peer = try Peer()
        peer.app { $0.announceShutdown() }
        try peer.expect(.goAway(last: 0x7FFF_FFFF, .noError), Self.question)
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

    @Test("names the last stream accepted when the GOAWAY is written, not when it is requested")
    func lastStreamTaken() throws {
        let peer = try Peer()
        peer.send(.unary(1, .whole))
        peer.app { $0.shutDown() }
        peer.send(.unary(3, .whole))
        peer.sees(.request(1, route: 0, body: []), .request(3, route: 0, body: []))
        try peer.expect(.goAway(last: 3, .noError))
        peer.send(.unary(5, .whole))
        peer.sees()
        peer.respond(1)
        peer.respond(3)
        #expect(try peer.received().map(\.streamID).sorted() == [1, 1, 1, 3, 3, 3])
        #expect(peer.isFinished)
    }

    @Test("does so, too, when unwritten answers precede it", arguments: [1, 50, 300])
    func lastStreamBehindAnswers(portion: Int) throws {
        let peer = try Peer()
        let ids: [UInt32] = [1, 3, 5, 7]
        for id in ids { peer.send(.unary(id, .whole)) }
        for id in ids { peer.respond(Int32(id)) }
        peer.app { $0.shutDown() }
        peer.takeSeen()
        var frames = try peer.receivedOnce(portion: portion)
        peer.send(.unary(9, .whole))
        let isTaken = peer.takeSeen() == [.request(9, route: 0, body: [])]
        frames += try peer.received()
        let last = frames.compactMap { if case .goAway(let last, _) = $0 { last } else { nil } }
        #expect(last == [isTaken ? 9 : 7])
        #expect(!frames.contains { if case .resetStream = $0 { true } else { false } })
        if isTaken { peer.respond(9) }
        #expect(try peer.received().count == (isTaken ? 3 : 0))
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

    @Test("reports the peer's GOAWAY, and is finished when its streams are")
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
