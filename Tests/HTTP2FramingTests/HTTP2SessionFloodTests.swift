import HTTP2FrameKit
import HTTP2Framing
import Testing

@Suite struct HTTP2SessionFloodTests {
    static let answered: [(frame: Frame, answer: ReceivedFrame)] = [
        (.ping(), .pong([1, 2, 3, 4, 5, 6, 7, 8])), (.settings(), .settingsAck),
        (.settings(Setting(.initialWindowSize, 70_000)), .settingsAck),
    ]

    @Test("ends a connection whose peer asks for answers without reading them", arguments: answered.map(\.frame))
    func unread(frame: Frame) throws {
        let peer = try Peer()
        peer.send([Frame](repeating: frame, count: 10_000))
        #expect(peer.terminationCode == .enhanceYourCalm)
        let received = try peer.received()
        #expect(received.last == .goAway(last: 0, .enhanceYourCalm))
        #expect(received.count <= 1001)
        #expect(peer.isFinished)
    }

    @Test("answers as many as a peer reads", arguments: answered)
    func read(frame: Frame, answer: ReceivedFrame) throws {
        let peer = try Peer()
        for _ in 0..<20 {
            peer.send([Frame](repeating: frame, count: 500))
            #expect(try peer.received() == [ReceivedFrame](repeating: answer, count: 500))
        }
        #expect(peer.terminationCode == nil)
    }

    static let absorbed: [Frame] = [
        Frame(Frame.Kind(rawValue: 0xEE), flags: Frame.Flags(rawValue: 0xFF), streamID: 77, payload: [1, 2, 3]),
        .priority(1), .priority(99), .windowUpdate(1, 1), .windowUpdate(0, 1), .data(1, []), .data(1, []).padded(0),
    ]

    @Test("absorbs frames that ask for nothing", arguments: absorbed)
    func absorb(frame: Frame) throws {
        let peer = try Peer()
        peer.send(.unary(1))
        peer.sees(.opened(1, route: 0))
        for _ in 0..<10 { peer.send([Frame](repeating: frame, count: 1000)) }
        peer.sees()
        try peer.expect()
        #expect(peer.terminationCode == nil)
        peer.send(.data(1, [1], .endStream))
        peer.sees(.request(1, route: 0, body: [1]))
    }

    @Test("returns the connection's window for padding alone")
    func paddingOnly() throws {
        let peer = try Peer()
        peer.send(.unary(1))
        for _ in 0..<40 {
            peer.send([Frame](repeating: .data(1, []).padded(255), count: 1000))
            #expect(try peer.received().count <= 4)
        }
        peer.send(.data(1, [1], .endStream))
        peer.sees(.opened(1, route: 0), .request(1, route: 0, body: [1]))
    }

    static let continuations: [[UInt8]] = [[], [0x82], [UInt8](repeating: 0x82, count: 16_384)]

    @Test("ends a flood of CONTINUATION frames early", arguments: continuations)
    func continuation(fragment: [UInt8]) throws {
        let peer = try Peer()
        peer.send(.headers(1, [], []))
        for _ in 0..<20 { peer.send(.continuation(1, fragment, [])) }
        #expect(try peer.received().last == .goAway(last: 1, .enhanceYourCalm))
        #expect(peer.isFinished)
        peer.sees()
    }

    @Test("ends a field that never ends")
    func endlessField() throws {
        let peer = try Peer()
        // A literal whose value announces 2^28 bytes.
        let start: [UInt8] = [0, 1, 0x61, 0x7F, 0x81, 0xFF, 0xFF, 0x7F]
        peer.send(.headers(1, [.raw(start)], []))
        for _ in 0..<20 { peer.send(.continuation(1, [UInt8](repeating: 0x61, count: 16_384), [])) }
        try peer.expect(.goAway(last: 1, .compressionError))
        #expect(peer.isFinished)
    }

    @Test("ends a connection with a SETTINGS frame of thousands of entries")
    func longSettings() throws {
        let peer = try Peer()
        let entry: [UInt8] = [0, 4, 0, 0, 1, 0]
        peer.send(Frame(.settings, payload: [[UInt8]](repeating: entry, count: 2000).flatMap { $0 }))
        #expect(try peer.received().last == .goAway(last: 0, .enhanceYourCalm))
        #expect(peer.isFinished)
    }
}
