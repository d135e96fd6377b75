import HTTP2FrameKit
import HTTP2Framing
import Testing

@Suite struct HTTP2SessionHandshakeTests {
    static let settings: HTTP2Settings = {
        var settings = HTTP2Settings()
        settings.maxConcurrentStreams = 77
        settings.streamWindow = 100_000
        settings.connectionWindow = 1_000_000
        return settings
    }()

    static let firstFrames: [ReceivedFrame] = [
        .settings([
            Setting(.initialWindowSize, 100_000), Setting(.maxHeaderListSize, 65_536),
            Setting(.noRFC7540Priorities, 1), Setting(.maxConcurrentStreams, 77),
        ]),
        .windowUpdate(0, 1_000_000 - 65_535),
    ]

    @Test("announces its limits without being asked")
    func announces() throws {
        let peer = Peer(silentWith: Self.settings)
        #expect(try peer.received() == Self.firstFrames)
        #expect(!peer.isFinished)
    }

    @Test("accepts preface and SETTINGS, whole or byte by byte", arguments: [true, false])
    func accepts(whole: Bool) throws {
        let peer = Peer(silentWith: Self.settings)
        let bytes = Frame.preface + Frame.settings(Setting(.maxFrameSize, 20_000)).bytes
        if whole {
            peer.send(bytes: bytes)
        } else {
            for byte in bytes { peer.send(bytes: [byte]) }
        }
        peer.sees(.settings)
        #expect(try peer.received() == [Self.firstFrames[0], .settingsAck, Self.firstFrames[1]])
        peer.send(.settingsAck)
        peer.sees()
        try peer.expect()
    }

    @Test(
        "ends a connection that does not begin with the preface",
        arguments: [
            Array("GET / HTTP/1.1\r\nHost: a\r\n\r\n".utf8), [0x16, 3, 1, 2, 0, 1, 0, 1, 0xFC, 3, 3],
            Array("PRI * HTTP/2.0\r\n\r\nSM\r\n\rX".utf8),
        ]
    )
    func wrongPreface(bytes: [UInt8]) throws {
        let peer = Peer(silentWith: Self.settings)
        peer.send(bytes: bytes)
        #expect(peer.prefaceFailed)
        #expect(peer.terminationCode == .protocolError)
        #expect(try peer.received().last == .goAway(last: 0, .protocolError))
        #expect(peer.isFinished)
        peer.send(bytes: bytes)
        peer.sees()
        #expect(peer.prefaceFailed)
    }

    /// Hostile input: wrong-first-frame.
    @Test("ends a connection whose first frame is not SETTINGS")
    func noSettings() throws {
        let peer = Peer(silentWith: Self.settings)
        peer.send(bytes: Frame.preface + Frame.ping().bytes)
        #expect(try peer.received().last == .goAway(last: 0, .protocolError))
        #expect(!peer.prefaceFailed)
        #expect(peer.isFinished)
        #expect(peer.terminationCode == .protocolError)
    }

    @Test("answers PING, and reports when its own is answered")
    func ping() throws {
        let peer = try Peer()
        peer.send(.ping([1, 1, 2, 3, 5, 8, 13, 21]))
        try peer.expect(.pong([1, 1, 2, 3, 5, 8, 13, 21]))
        peer.sees()
        peer.app { $0.ping() }
        try peer.expect(.ping([0, 0, 0, 0, 0, 0, 0, 0]))
        peer.send(.ping([0, 0, 0, 0, 0, 0, 0, 0], .ack))
        peer.sees(.pong)
        try peer.expect()
    }
}
