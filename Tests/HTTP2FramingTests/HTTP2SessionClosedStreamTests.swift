import HTTP2FrameKit
import HTTP2Framing
import Testing

/// DATA on streams that are closed (RFC 9113 §5.1 and §6.1).
@Suite struct HTTP2SessionClosedStreamTests {
    /// How a peer can end a stream.
    static let endedByPeer: [(what: String, end: @Sendable (Peer, UInt32) throws -> Void)] = [
        ("reset", { peer, id in peer.send(.unary(id), .resetStream(id, .cancel)) }),
        (
            "finished",
            { peer, id in
                peer.send(.unary(id, .whole))
                peer.respond(Int32(id))
            }
        ),
    ]
    /// How this side can end one that its peer has not.
    static let endedByUs: [(what: String, end: @Sendable (Peer, UInt32) throws -> Void)] = [
        (
            "answered early",
            { peer, id in
                peer.send(.unary(id))
                peer.refuse(Int32(id))
            }
        ),
        (
            "reset",
            { peer, id in
                peer.send(.unary(id))
                peer.app { $0.reset(Int32(id), .internalError) }
            }
        ),
    ]

    /// Hostile input: closed-stream-data.
    @Test(
        "answers DATA on a stream that its peer has ended with STREAM_CLOSED, each time",
        arguments: endedByPeer.indices
    )
    func closed(index: Int) throws {
        let peer = try Peer()
        peer.send(.unary(1))
        for round in 0..<10 {
            let id = UInt32(3 + 2 * round)
            try Self.endedByPeer[index].end(peer, id)
            _ = try peer.received()
            peer.takeSeen()
            peer.send(.data(id, [1, 2, 3]))
            try peer.expect(.resetStream(id, .streamClosed))
            peer.send(.data(1, [1]), .data(id, [], .endStream), .data(1, [2]))
            try peer.expect(.resetStream(id, .streamClosed))
            #expect(peer.terminationCode == nil && peer.openStreams == 1)
        }
    }

    /// Hostile input: closed-stream-data.
    @Test("counts it like a rapid reset", arguments: endedByPeer.indices)
    func counted(index: Int) throws {
        var settings = HTTP2Settings()
        settings.maxQuickResets = 20
        let peer = try Peer(settings: settings)
        try Self.endedByPeer[index].end(peer, 1)
        _ = try peer.received()
        peer.now += 1000 * Peer.millisecond
        for _ in 0..<20 { peer.send(.data(1, [1])) }
        #expect(peer.terminationCode == nil)
        peer.send(.data(1, [1]))
        #expect(peer.terminationCode == .enhanceYourCalm)
    }

    /// Hostile input: closed-stream-data.
    @Test(
        "accepts DATA in flight on streams that it has ended, returns its credit and counts none",
        arguments: endedByUs.indices
    )
    func inFlight(index: Int) throws {
        var settings = HTTP2Settings()
        settings.maxQuickResets = 20
        settings.connectionWindow = 70_000
        let peer = try Peer(settings: settings)
        let ids = (0..<500).map { UInt32(1 + 2 * $0) }
        for id in ids {
            try Self.endedByUs[index].end(peer, id)
            _ = try peer.received()
        }
        for id in ids {
            peer.send(.data(id, [UInt8](repeating: 0, count: 1_000)), .data(id, [1], .endStream))
            for frame in try peer.received() {
                if case .windowUpdate = frame { continue }
                Issue.record("\(frame)")
            }
        }
        #expect(peer.terminationCode == nil && peer.openStreams == 0)
    }

    /// Hostile input: wrong-padding.
    @Test("checks the padding of ignored frames", arguments: endedByPeer.indices)
    func padding(index: Int) throws {
        let peer = try Peer()
        try Self.endedByPeer[index].end(peer, 1)
        _ = try peer.received()
        var frame = Frame.data(1, [3, 0, 0])
        frame.flags.insert(.padded)
        peer.send(frame)
        #expect(try peer.received().last == .goAway(last: 1, .protocolError))
    }
}
