import HTTP2FrameKit
import HTTP2Framing
import Testing

@Suite struct HTTP2SessionFloodTests {
    static let answered: [(frame: Frame, answer: ReceivedFrame)] = [
        (.ping(), .pong([1, 2, 3, 4, 5, 6, 7, 8])), (.settings(), .settingsAck),
        (.settings(Setting(.initialWindowSize, 70_000)), .settingsAck),
    ]

    /// Hostile input: ping-flood, settings-flood.
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

    /// Hostile input: ping-flood, settings-flood, bandwidth-pings.
    @Test("answers as many frames as a peer reads", arguments: answered)
    func read(frame: Frame, answer: ReceivedFrame) throws {
        let peer = try Peer()
        for _ in 0..<60 {
            peer.now += 100 * Peer.millisecond
            peer.send([Frame](repeating: frame, count: 500))
            #expect(try peer.received() == [ReceivedFrame](repeating: answer, count: 500))
        }
        #expect(peer.terminationCode == nil)
    }

    /// Hostile input: bandwidth-pings.
    @Test("answers a client that pings and returns windows for each DATA frame")
    func bandwidthPings() throws {
        let peer = try Peer()
        let ids = (0..<100).map { UInt32($0 * 2 + 1) }
        peer.send(ids.map { .stream($0) })
        for id in ids { peer.start(Int32(id)) }
        peer.takeSeen()
        // 300 rounds of 100 messages in one second: 60,000 WINDOW_UPDATE, 3,000 PING.
        for _ in 0..<300 {
            for id in ids { peer.write(Int32(id), [1]) }
            #expect(try peer.received().count >= 100)
            peer.send(
                [Frame](repeating: .ping(), count: 10) + ids.flatMap { [.windowUpdate($0, 1), .windowUpdate(0, 1)] }
            )
        }
        #expect(peer.terminationCode == nil)
    }

    /// Frames that ask for nothing, with the number of each that is allowed in one second.
    static let absorbed: [(frame: Frame, limit: Int)] = [
        (
            Frame(Frame.Kind(rawValue: 0xEE), flags: Frame.Flags(rawValue: 0xFF), streamID: 77, payload: [1, 2, 3]),
            10_000
        ),
        (Frame(Frame.Kind(rawValue: 0x10), streamID: 0, payload: [0, 0, 0, 1] + Array("u=1".utf8)), 10_000),
        (.priority(1), 10_000), (.priority(99), 10_000), (.ping([0, 0, 0, 0, 0, 0, 0, 0], .ack), 10_000),
        (.goAway(last: 0, .noError), 10_000), (.data(1, []), 10_000), (.data(1, []).padded(0), 10_000),
        (.resetStream(3, .cancel), 10_000), (.windowUpdate(1, 1), 50_000), (.windowUpdate(0, 1), 50_000),
    ]

    /// Hostile input: unknown-frame-flood, priority-flood, empty-data-flood, padding-flood, stray-reset-flood,
    /// window-update-flood.
    @Test("absorbs frames that ask for nothing, up to a number in each second", arguments: absorbed)
    func absorb(frame: Frame, limit: Int) throws {
        let peer = try Peer()
        // Each stream may be reset and have its window increased once.
        peer.send(.unary(1), .unary(3), .resetStream(3, .cancel), .resetStream(3, .cancel))
        peer.send(.windowUpdate(1, 1), .windowUpdate(1, 1))
        peer.takeSeen()
        for _ in 0..<3 {
            peer.now += 1000 * Peer.millisecond
            for _ in 0..<limit / 1000 {
                peer.send([Frame](repeating: frame, count: 1000))
                peer.takeSeen()
                #expect(try peer.received().isEmpty)
            }
            #expect(peer.terminationCode == nil)
        }
        #expect(peer.heldBytes < 100_000)
        peer.send(frame)
        #expect(peer.terminationCode == .enhanceYourCalm)
        try peer.expect(.goAway(last: 3, .enhanceYourCalm))
        #expect(peer.isFinished)
    }

    /// Hostile input: ping-flood, settings-flood.
    @Test("ends a connection whose peer asks for more answers in a second, though it reads them", arguments: answered)
    func tooMany(frame: Frame, answer: ReceivedFrame) throws {
        let peer = try Peer()
        peer.now += 1000 * Peer.millisecond
        for _ in 0..<20 {
            peer.send([Frame](repeating: frame, count: 500))
            #expect(try peer.received() == [ReceivedFrame](repeating: answer, count: 500))
        }
        peer.send(frame)
        try peer.expect(.goAway(last: 0, .enhanceYourCalm))
    }

    /// Hostile input: unknown-frame-flood.
    @Test("counts frames that come in any portions", arguments: [1, 8, 9, 10, 11, 1000])
    func portions(size: Int) throws {
        var settings = HTTP2Settings()
        settings.maxControlFrames = 100
        let peer = try Peer(settings: settings)
        peer.now += 1000 * Peer.millisecond
        let full = Frame.data(1, [1]).padded(3)
        let empty = Frame.data(1, []).padded(3)
        let frames = [.unary(1)] + [[Frame]](repeating: [full, empty, .priority(1)], count: 50).flatMap { $0 }
        let bytes = frames.flatMap(\.bytes)
        peer.send(bytes: bytes, portion: size)
        #expect(peer.terminationCode == nil)
        peer.send(.data(1, [1], .endStream))
        #expect(peer.takeSeen().last == .request(1, route: 0, body: [UInt8](repeating: 1, count: 51)))
        peer.send(bytes: Array(Frame.priority(1).bytes.prefix(8)))
        #expect(peer.terminationCode == nil)
        peer.send(bytes: Array(Frame.priority(1).bytes.dropFirst(8)))
        #expect(peer.terminationCode == .enhanceYourCalm)
    }

    /// Hostile input: padding-flood.
    @Test("returns the connection's window for padding")
    func paddingOnly() throws {
        let peer = try Peer()
        peer.send(.unary(1))
        var credit = 262_144
        var sent = 0
        for _ in 0..<100 {
            peer.now += 100 * Peer.millisecond
            let count = (credit - 1) / 256
            peer.send([Frame](repeating: .data(1, []).padded(255), count: count))
            credit -= count * 256
            for frame in try peer.received() {
                if case .windowUpdate(1, let increment) = frame { credit += Int(increment) }
            }
            sent += count * 256
        }
        #expect(sent > 30 * 131_072)
        peer.send(.data(1, [1], .endStream))
        peer.sees(.opened(1, route: 0), .request(1, route: 0, body: [1]))
    }

    static let continuations: [[UInt8]] = [[], [0x82], [UInt8](repeating: 0x82, count: 16_384)]

    /// Hostile input: continuation-large, continuation-tiny, continuation-empty.
    @Test("ends a flood of CONTINUATION frames early", arguments: continuations)
    func continuation(fragment: [UInt8]) throws {
        let peer = try Peer()
        peer.send(.headers(1, [], []))
        for _ in 0..<20 { peer.send(.continuation(1, fragment, [])) }
        #expect(try peer.received().last == .goAway(last: 1, .enhanceYourCalm))
        #expect(peer.isFinished)
        peer.sees()
    }

    /// The largest number of CONTINUATION frames for a header list of 64 KiB.
    private static let mostContinuations = 12

    /// Hostile input: continuation-large, continuation-tiny, continuation-empty.
    @Test("counts CONTINUATION frames that come in any portions", arguments: [1, 3, 8, 9, 10, 1000])
    func continuationPortions(size: Int) throws {
        let peer = try Peer()
        let value = [UInt8](repeating: 0x61, count: 700)
        let fields: [HeaderRepresentation] = (0..<8).map { .literal("x-\($0)", String(decoding: value, as: UTF8.self)) }
        let block = [HeaderRepresentation].request("/unary") + fields
        let pieceLength = block.bytes.count / (Self.mostContinuations + 1) + 1
        for id in [1, 3, 5] as [UInt32] {
            let frames = Frame.headers(id, block, .whole, pieceLength: pieceLength)
            #expect(frames.count == Self.mostContinuations + 1)
            peer.send(bytes: frames.flatMap(\.bytes), portion: size)
            peer.sees(.request(Int32(id), route: 0, body: []))
        }
        let flood = [Frame](repeating: .continuation(7, [0x82], []), count: Self.mostContinuations)
        peer.send(bytes: ([.headers(7, [], [])] + flood).flatMap(\.bytes), portion: size)
        #expect(peer.terminationCode == nil)
        peer.send(bytes: Frame.continuation(7, []).bytes, portion: size)
        #expect(peer.terminationCode == .enhanceYourCalm)
        try peer.expect(.goAway(last: 7, .enhanceYourCalm))
        #expect(peer.isFinished)
        peer.sees()
    }

    /// Hostile input: continuation-tiny.
    @Test("acts on what precedes a flood, in the same portion too", arguments: [1, .max])
    func beforeFlood(size: Int) throws {
        let peer = try Peer()
        let flood = [Frame](repeating: .continuation(3, [0x82], []), count: 20)
        peer.send(bytes: ([.unary(1, .whole), .headers(3, [], [])] + flood).flatMap(\.bytes), portion: size)
        peer.sees(.request(1, route: 0, body: []))
        try peer.expect(.goAway(last: 3, .enhanceYourCalm))
    }

    /// Hostile input: endless-field.
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

    /// Hostile input: settings-flood.
    @Test("ends a connection with a SETTINGS frame of thousands of entries")
    func longSettings() throws {
        let peer = try Peer()
        let entry: [UInt8] = [0, 4, 0, 0, 1, 0]
        peer.send(Frame(.settings, payload: [[UInt8]](repeating: entry, count: 2000).flatMap { $0 }))
        #expect(try peer.received().last == .goAway(last: 0, .enhanceYourCalm))
        #expect(peer.isFinished)
    }
}
