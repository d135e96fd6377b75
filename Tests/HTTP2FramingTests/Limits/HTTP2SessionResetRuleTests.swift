import HTTP2FrameKit
import HTTP2Framing
import Testing

@Suite struct HTTP2SessionResetRuleTests {
    private static func ids(_ range: Range<UInt32>) -> [UInt32] {
        range.map { $0 * 2 + 1 }
    }

    private static func openAndReset(_ id: UInt32) -> [Frame] {
        [.stream(id), .resetStream(id, .cancel)]
    }

    /// Hostile input: rapid-reset.
    @Test("allows 1,000 quick resets a second and ends the connection at the next")
    func limit() throws {
        let peer = try Peer()
        peer.send(Self.ids(0..<1000).flatMap(Self.openAndReset))
        try peer.expect()
        #expect(peer.terminationCode == nil)
        peer.send(Self.openAndReset(2001))
        #expect(peer.terminationCode == .enhanceYourCalm)
        try peer.expect(.goAway(last: 2001, .enhanceYourCalm))
        #expect(peer.isFinished)
        peer.sees()
    }

    /// Hostile input: rapid-reset.
    @Test("ignores what follows when it has ended the connection")
    func bounded() throws {
        let peer = try Peer()
        peer.send(Self.ids(0..<20_000).flatMap(Self.openAndReset))
        try peer.expect(.goAway(last: 2001, .enhanceYourCalm))
        peer.sees()
        #expect(peer.openStreams == 0)
    }

    @Test("counts again in each second")
    func seconds() throws {
        let peer = try Peer()
        for second: UInt32 in 0..<5 {
            peer.send(Self.ids(second * 900..<second * 900 + 900).flatMap(Self.openAndReset))
            peer.now += 1000 * Peer.millisecond
        }
        try peer.expect()
        #expect(peer.terminationCode == nil)
    }

    /// Hostile input: old-stream-resets.
    @Test("tolerates 10,000 old streams that are reset at once")
    func oldStreams() throws {
        let peer = try Peer()
        let ids = Self.ids(0..<10_000)
        peer.send(ids.map { .stream($0) })
        #expect(peer.takeSeen().count == 10_000)
        peer.now += 10 * Peer.millisecond
        peer.send(ids.map { .resetStream($0, .cancel) })
        #expect(peer.takeSeen() == ids.map { .closed(Int32($0), .cancel) })
        try peer.expect()
        #expect(peer.openStreams == 0)
        peer.send(.unary(20_001, .whole))
        peer.sees(.request(20_001, route: 0, body: []))
    }

    @Test("counts announced streams as long as they are young", arguments: [true, false])
    func age(isQuick: Bool) throws {
        var settings = HTTP2Settings()
        settings.maxQuickResets = 5
        let peer = try Peer(settings: settings)
        peer.send(Self.ids(0..<6).map { .stream($0) })
        peer.now += 10 * Peer.millisecond - (isQuick ? 1 : 0)
        peer.send(Self.ids(0..<6).map { .resetStream($0, .cancel) })
        #expect(peer.terminationCode == (isQuick ? .enhanceYourCalm : nil))
    }

    private static let six: HTTP2Settings = {
        var settings = HTTP2Settings()
        settings.maxQuickResets = 5
        return settings
    }()

    /// Hostile input: provoked-malformed.
    @Test("counts the resets that a peer provokes")
    func provoked() throws {
        let peer = try Peer(settings: Self.six)
        for id in Self.ids(0..<5) {
            peer.send(.headers(id, .request("/unary", [Field("X-Upper", "")]), .whole))
            try peer.expect(.resetStream(id, .protocolError))
        }
        #expect(peer.terminationCode == nil)
        peer.send(.headers(11, .request("/unary", [Field("X-Upper", "")]), .whole))
        #expect(try peer.received().last == .goAway(last: 11, .enhanceYourCalm))
    }

    /// Hostile input: too-many-streams.
    @Test("counts refused streams")
    func refused() throws {
        var settings = Self.six
        settings.maxConcurrentStreams = 0
        let peer = try Peer(settings: settings)
        peer.send(Self.ids(0..<6).map { .unary($0) })
        #expect(try peer.received().last == .goAway(last: 11, .enhanceYourCalm))
    }

    @Test("counts neither answered streams, nor early answers, nor the application's resets")
    func ours() throws {
        let peer = try Peer(settings: Self.six)
        for id in Self.ids(0..<50) {
            switch id % 3 {
            case 0:
                peer.send(.unary(id, .whole))
                peer.respond(Int32(id))
            case 1:
                peer.send(.unary(id))
                peer.refuse(Int32(id))
            default:
                peer.send(.stream(id))
                peer.app { $0.reset(Int32(id), .refusedStream) }
            }
            _ = try peer.received()
        }
        #expect(peer.terminationCode == nil)
        #expect(peer.openStreams == 0)
    }
}
