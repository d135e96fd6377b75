import HTTP2FrameKit
import HTTP2Framing
import Testing

/// A peer that exceeds its windows.
@Suite struct HTTP2SessionWindowViolationTests {
    private static func granted(_ frames: [ReceivedFrame], on stream: UInt32) -> Int {
        frames.reduce(0) { sum, frame in
            guard case .windowUpdate(stream, let increment) = frame else { return sum }
            return sum + Int(increment)
        }
    }

    private static func data(_ id: UInt32, _ count: Int) -> [Frame] {
        stride(from: 0, to: count, by: 16_384).map {
            .data(id, [UInt8](repeating: 1, count: min(16_384, count - $0)))
        }
    }

    private static func peer(connection: UInt32, stream: UInt32) throws -> Peer {
        var settings = HTTP2Settings()
        settings.connectionWindow = connection
        settings.streamWindow = stream
        return try Peer(settings: settings)
    }

    /// Hostile input: connection-window-ignored.
    @Test(
        "lets a peer use up the connection's window again and again, and ends it at one byte more",
        arguments: [0, 1]
    )
    func connection(padding: UInt8) throws {
        let peer = try Self.peer(connection: 100_000, stream: 1_000_000)
        peer.send(.unary(1), .unary(3))
        var credit = 100_000
        for _ in 0..<20 {
            let sent = Self.data(1, credit)
            peer.send(sent)
            credit = Self.granted(try peer.received(), on: 0)
            #expect(credit > 0 && peer.terminationCode == nil)
        }
        let more = Frame.data(3, [1]).padded(0)
        peer.send(Self.data(1, credit - 1 - Int(padding)) + (padding > 0 ? [.data(3, [1])] : []))
        #expect(peer.terminationCode == nil)
        peer.send(more)
        #expect(peer.terminationCode == .flowControlError)
        #expect(try peer.received().last == .goAway(last: 3, .flowControlError))
        #expect(peer.isFinished)
    }

    /// Hostile input: connection-window-ignored.
    @Test("counts DATA on streams that are gone or answered as well")
    func ignored() throws {
        let peer = try Self.peer(connection: 65_535, stream: 65_535)
        peer.send(.unary(1), .unary(3), .resetStream(1, .cancel))
        peer.refuse(3)
        _ = try peer.received()
        peer.send(Self.data(1, 30_000) + Self.data(3, 30_000))
        let credit = 65_535 - 60_000 + Self.granted(try peer.received(), on: 0)
        #expect(peer.terminationCode == nil)
        peer.send(Self.data(1, credit))
        #expect(peer.terminationCode == nil)
        peer.send(.data(3, [1]))
        #expect(peer.terminationCode == .flowControlError)
    }

    /// Hostile input: stream-window-ignored, provoked-window-overflow.
    @Test(
        "lets a peer use up a stream's window again and again, and resets it at one byte more",
        arguments: [true, false]
    )
    func stream(padded: Bool) throws {
        let peer = try Self.peer(connection: 10_000_000, stream: 100_000)
        peer.send(.unary(1), .unary(3))
        peer.takeSeen()
        var credit = 100_000
        for _ in 0..<20 {
            peer.send(Self.data(1, credit))
            credit = Self.granted(try peer.received(), on: 1)
            #expect(credit > 0)
        }
        peer.send(Self.data(1, credit - 1))
        peer.takeSeen()
        peer.send(padded ? .data(1, [1]).padded(0) : .data(1, [1, 1]))
        try peer.expect(.resetStream(1, .flowControlError))
        peer.sees(.closed(1, .flowControlError))
        peer.send(.data(1, [1]), .data(3, [1], .endStream))
        peer.sees(.request(3, route: 0, body: [1]))
        #expect(peer.terminationCode == nil)
    }

    /// Hostile input: stream-window-ignored.
    @Test("resets a stream that sends more than its reader takes")
    func unread() throws {
        let peer = try Self.peer(connection: 10_000_000, stream: 100_000)
        peer.send([.stream(1)] + Self.data(1, 100_000))
        #expect(peer.heldBytes >= 100_000)
        peer.takeSeen()
        peer.send(.data(1, [1]))
        try peer.expect(.resetStream(1, .flowControlError))
        peer.sees(.closed(1, .flowControlError))
        #expect(peer.heldBytes == 0)
    }

    /// Hostile input: settings-overflow.
    @Test("ends the connection when SETTINGS overflow a stream's window", arguments: [true, false])
    func settingsOverflow(whole: Bool) throws {
        let peer = try Peer()
        let grow = Frame.settings(Setting(.initialWindowSize, 0x7FFF_0000))
        peer.send(.unary(1, .whole), .stream(3), .windowUpdate(1, 0x7FFF_0000))
        if whole {
            peer.send(grow)
        } else {
            peer.send(bytes: Array(grow.bytes.prefix(12)))
            // What is queued meanwhile does not confuse it.
            peer.app { $0.reset(3, .cancel) }
            peer.send(bytes: Array(grow.bytes.dropFirst(12)))
        }
        #expect(peer.terminationCode == .flowControlError)
        #expect(try peer.received().last == .goAway(last: 3, .flowControlError))
        #expect(peer.isFinished)
    }

    @Test("takes SETTINGS that grow windows up to the largest one, whatever else is queued", arguments: [true, false])
    func settingsLargest(whole: Bool) throws {
        let peer = try Peer()
        let grow = Frame.settings(Setting(.initialWindowSize, 0x7FFF_FFFF), Setting(.maxFrameSize, 20_000))
        peer.send([.unary(1, .whole)] + (3...100).map { .stream($0 * 2 + 1) })
        for id: Int32 in 3...50 { peer.app { $0.reset(id * 2 + 1, .cancel) } }
        if whole {
            peer.send(.ping(), grow, .ping())
        } else {
            peer.send(bytes: Array(grow.bytes.prefix(12)))
            for id: Int32 in 51...100 { peer.app { $0.reset(id * 2 + 1, .cancel) } }
            peer.send(bytes: Array(grow.bytes.dropFirst(12)))
        }
        #expect(peer.terminationCode == nil)
        #expect(try peer.received().contains(.settingsAck))
    }
}
