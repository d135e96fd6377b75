import HTTP2FrameKit
import HTTP2Framing
import Testing

@Suite struct HTTP2SessionFlowControlTests {
    private static func peer(window: UInt32) throws -> Peer {
        try Peer(opening: [.settings(Setting(.initialWindowSize, window)), .settingsAck])
    }

    private static func bytes(_ frames: [ReceivedFrame]) -> [UInt8] {
        frames.flatMap { frame in
            guard case .data(_, let bytes, _) = frame else { return [UInt8]() }
            return bytes
        }
    }

    /// Hostile input: zero-window.
    @Test("sends headers only into a zero window, and the rest when it opens")
    func zeroWindow() throws {
        let peer = try Self.peer(window: 0)
        peer.send(.unary(1, .whole))
        peer.respond(1, [1, 2, 3])
        try peer.expect(.headers(1, Peer.headFields, endStream: false))
        #expect(!peer.wantsWrite)
        peer.send(.windowUpdate(1, 3))
        try peer.expect(.data(1, [1, 2, 3], endStream: false), .headers(1, Peer.okFields, endStream: true))
    }

    /// Hostile input: one-byte-windows.
    @Test("sends one byte for each byte of window")
    func oneByteWindows() throws {
        let peer = try Self.peer(window: 1)
        peer.send(.unary(1, .whole))
        peer.respond(1, [10, 11, 12, 13])
        try peer.expect(.headers(1, Peer.headFields, endStream: false), .data(1, [10], endStream: false))
        for byte: UInt8 in 11...12 {
            peer.send(.windowUpdate(1, 1))
            try peer.expect(.data(1, [byte], endStream: false))
        }
        peer.send(.windowUpdate(1, 1))
        try peer.expect(.data(1, [13], endStream: false), .headers(1, Peer.okFields, endStream: true))
    }

    @Test("follows INITIAL_WINDOW_SIZE up, down and below zero while it sends")
    func initialWindowSize() throws {
        let peer = try Self.peer(window: 10)
        peer.send(.unary(1, .whole))
        peer.respond(1, Array(0..<100))
        #expect(Self.bytes(try peer.received()) == Array(0..<10))
        peer.send(.settings(Setting(.initialWindowSize, 30)))
        #expect(Self.bytes(try peer.received()) == Array(10..<30))
        peer.send(.settings(Setting(.initialWindowSize, 5)), .windowUpdate(1, 25))
        #expect(Self.bytes(try peer.received()).isEmpty)
        peer.send(.windowUpdate(1, 1))
        #expect(Self.bytes(try peer.received()) == [30])
        peer.send(.settings(Setting(.initialWindowSize, 1000)))
        #expect(Self.bytes(try peer.received()) == Array(31..<100))
    }

    @Test("shares the connection's window among its streams and never exceeds it")
    func connectionWindow() throws {
        let peer = try Self.peer(window: 1_000_000)
        peer.send(.unary(1, .whole), .unary(3, .whole))
        let body = [UInt8](repeating: 1, count: 50_000)
        peer.respond(1, body)
        peer.respond(3, body)
        #expect(Self.bytes(try peer.received()).count == 65_535)
        peer.send(.windowUpdate(1, 1000), .windowUpdate(3, 1000))
        try peer.expect()
        peer.send(.windowUpdate(0, 100_000))
        #expect(Self.bytes(try peer.received()).count == 100_000 - 65_535)
        #expect(peer.openStreams == 0)
    }

    @Test("sends no DATA frame above the peer's MAX_FRAME_SIZE", arguments: [16_384, 20_000])
    func frameSize(limit: UInt32) throws {
        let settings = [Setting(.initialWindowSize, 1_000_000), Setting(.maxFrameSize, limit)]
        let peer = try Peer(opening: [.settings(settings[0], settings[1]), .settingsAck])
        peer.send(.unary(1, .whole))
        peer.respond(1, [UInt8](repeating: 1, count: 60_000))
        let sizes = try peer.received().map { Self.bytes([$0]).count }
        #expect(sizes.reduce(0, +) == 60_000)
        #expect(sizes.allSatisfy { $0 <= Int(limit) })
    }

    @Test("takes turns between large answers, unary and streaming")
    func turns() throws {
        let peer = try Self.peer(window: 1_000_000)
        peer.send(.windowUpdate(0, 1_000_000), .unary(1, .whole), .stream(3, .whole), .unary(5, .whole))
        let body = [UInt8](repeating: 1, count: 160_000)
        peer.respond(1, body)
        peer.start(3)
        peer.write(3, body)
        peer.end(3)
        peer.respond(5, body)
        let order = try peer.received().filter { !Self.bytes([$0]).isEmpty }.map(\.streamID)
        #expect(order.count >= 30)
        for start in stride(from: 0, to: 27, by: 3) {
            #expect(Set(order[start..<start + 3]) == [1, 3, 5])
        }
    }

    @Test("lets a small answer pass large ones on their way")
    func smallPasses() throws {
        let peer = try Self.peer(window: 1_000_000)
        peer.send(.unary(1, .whole), .unary(3, .whole))
        peer.respond(1, [UInt8](repeating: 1, count: 500_000))
        #expect(Self.bytes(try peer.received()).count == 65_535)
        peer.respond(3, [3])
        peer.send(.windowUpdate(0, 1_000_000))
        let order = try peer.received().map(\.streamID)
        let last = try #require(order.lastIndex(of: 3))
        #expect(last < 6)
    }

    /// Hostile input: window-churn.
    @Test("never exceeds a window, whatever the peer grants", arguments: 1...20)
    func churn(seed: UInt64) throws {
        var random = SplitMix(state: seed)
        var initial: Int64 = 100
        var windows: [UInt32: Int64] = [:]
        var connection: Int64 = 65_535
        let peer = try Self.peer(window: 100)
        for id in stride(from: UInt32(1), to: 181, by: 2) {
            peer.send(.stream(id))
            peer.start(Int32(id))
            windows[id] = initial
        }
        for step in 0..<400 {
            let id = UInt32.random(in: 0..<90, using: &random) * 2 + 1
            let amount = Int64.random(in: 1...3000, using: &random)
            switch step % 5 {
            case 0:
                windows[id, default: 0] += amount
                peer.send(.windowUpdate(id, UInt32(amount)))
            case 1:
                connection += amount
                peer.send(.windowUpdate(0, UInt32(amount)))
            case 2:
                for id in windows.keys { windows[id, default: 0] += amount - initial }
                initial = amount
                peer.send(.settings(Setting(.initialWindowSize, UInt32(amount))))
            default: peer.write(Int32(id), [UInt8](repeating: 1, count: Int(amount)))
            }
            for frame in try peer.received() {
                let count = Int64(Self.bytes([frame]).count)
                guard count > 0 else { continue }
                connection -= count
                windows[frame.streamID, default: 0] -= count
                #expect(connection >= 0 && windows[frame.streamID, default: 0] >= 0, "seed \(seed), step \(step)")
            }
        }
    }
}
