import HTTP2FrameKit
import HTTP2Framing
import Testing

@Suite struct HTTP2SessionLimitTests {
    /// A request whose header list has exactly `size` bytes; its last field goes into the dynamic table.
    private static func request(size: Int) -> [HeaderRepresentation] {
        let used = 7 + 4 + 7 + 4 + 5 + 6 + 10 + 13 + 12 + 16 + 2 + 8 + 6 * 32
        let last = Field("x-last", "kept")
        let fill = size - used - last.size - 2 * (32 + 6)
        let halves = [fill / 2, fill - fill / 2].map { Field("x-fill", String(repeating: "f", count: $0)) }
        return .request("/unary", halves) + [.indexing(last)]
    }

    @Test("accepts a header list of exactly the limit")
    func headerListAtLimit() throws {
        let peer = try Peer()
        peer.send(Frame.headers(1, Self.request(size: 65_536), .whole, pieceLength: 16_384))
        peer.sees(.request(1, route: 0, body: []))
        #expect(peer.fields[1]?.reduce(0) { $0 + $1.size } == 65_536)
    }

    /// Hostile input: header-list-too-large.
    @Test("refuses a longer header list, keeping connection and HPACK table", arguments: [65_537, 66_000, 130_000])
    func headerListTooLarge(size: Int) throws {
        let peer = try Peer()
        peer.send(Frame.headers(1, Self.request(size: size), pieceLength: 16_384))
        peer.sees(.headersTooLarge(1))
        peer.send(.data(1, [1, 2, 3, 4, 5, 6]))
        peer.sees()
        peer.refuse(1)
        try peer.expect(.headers(1, Peer.unavailableFields, endStream: true), .resetStream(1, .noError))
        peer.send(.headers(3, [HeaderRepresentation].request("/unary") + [.indexed(62)], .whole))
        peer.sees(.request(3, route: 0, body: []))
        #expect(peer.fields[3]?["x-last"] == "kept")
    }

    /// Hostile input: header-list-too-large.
    @Test("ends a connection that sends one string above nghttp2's 64 KiB, which leaves HPACK's table unknown")
    func stringTooLong() throws {
        let peer = try Peer()
        let field = Field("x-long", String(repeating: "l", count: 65_537))
        peer.send(Frame.headers(1, .request("/unary", [field]), pieceLength: 16_384))
        try peer.expect(.goAway(last: 1, .compressionError))
        #expect(peer.isFinished)
    }

    @Test("counts many small fields, 32 bytes each")
    func manyFields() throws {
        let peer = try Peer()
        let fields = [Field](repeating: Field("a", ""), count: 2000)
        peer.send(Frame.headers(1, .request("/stream", fields), .whole, pieceLength: 16_384))
        peer.sees(.headersTooLarge(1))
        let fewer = [Field](repeating: Field("a", ""), count: 1900)
        peer.send(Frame.headers(3, .request("/stream", fewer), .whole, pieceLength: 16_384))
        peer.sees(.opened(3, route: 1), .ended(3))
    }

    /// Hostile input: hpack-bomb.
    @Test("refuses a header list that one indexed field blows up, and ends the connection for a bomb of them")
    func bomb() throws {
        let peer = try Peer()
        let field = Field("x-bomb", String(repeating: "b", count: 4000))
        let bomb = [HeaderRepresentation](repeating: .indexed(62), count: 15_000)
        peer.send(.headers(1, [HeaderRepresentation].request("/unary") + [.indexing(field)] + bomb.prefix(10), .whole))
        peer.sees(.request(1, route: 0, body: []))
        peer.send(.headers(3, [HeaderRepresentation].request("/unary") + bomb.prefix(100), .whole))
        peer.sees(.headersTooLarge(3))
        peer.send(.headers(5, [HeaderRepresentation].request("/unary") + bomb, .whole))
        peer.sees()
        try peer.expect(.goAway(last: 5, .enhanceYourCalm))
        #expect(peer.isFinished)
    }

    private static let smallBody: HTTP2Settings = {
        var settings = HTTP2Settings()
        settings.maxBody = 10
        return settings
    }()

    @Test("accepts a body of exactly the limit", arguments: [1, 2])
    func bodyAtLimit(frames: Int) throws {
        let peer = try Peer(settings: Self.smallBody)
        let pieces = (1...frames).map {
            Frame.data(1, [UInt8](repeating: 1, count: 10 / frames), $0 == frames ? .endStream : [])
        }
        peer.send([.unary(1)] + pieces)
        peer.sees(.request(1, route: 0, body: [UInt8](repeating: 1, count: 10)))
    }

    static let tooLarge: [[Frame]] = [
        [.data(1, [UInt8](repeating: 1, count: 11), .endStream)],
        [.data(1, [UInt8](repeating: 1, count: 10)), .data(1, [1], .endStream)],
        [.data(1, [UInt8](repeating: 1, count: 11)), .data(1, [1]), .data(1, [1], .endStream)],
    ]

    @Test("refuses a longer body once", arguments: tooLarge)
    func bodyTooLarge(frames: [Frame]) throws {
        let peer = try Peer(settings: Self.smallBody)
        peer.send([.unary(1)] + frames)
        peer.sees(.bodyTooLarge(1))
        #expect(peer.refuse(1) == .accepted)
        try peer.expect(.headers(1, Peer.unavailableFields, endStream: true))
    }

    @Test("refuses a body that grows too long after its stream was announced")
    func bodyTooLargeLater() throws {
        let peer = try Peer(settings: Self.smallBody)
        peer.send(.unary(1), .data(1, [1, 2, 3, 4, 5]))
        peer.sees(.opened(1, route: 0), .bodyStarted(1, [1, 2, 3, 4, 5]))
        peer.send(.data(1, [6, 7, 8, 9, 10, 11]))
        peer.sees(.bodyTooLarge(1))
        peer.send(.data(1, [12]))
        peer.sees()
        peer.refuse(1)
        try peer.expect(.headers(1, Peer.unavailableFields, endStream: true), .resetStream(1, .noError))
    }

    @Test("has no limit for streaming bodies")
    func streaming() throws {
        let peer = try Peer(settings: Self.smallBody)
        peer.send(.stream(1), .data(1, [UInt8](repeating: 1, count: 11)))
        peer.sees(.opened(1, route: 1), .data(1, [UInt8](repeating: 1, count: 11)))
    }

    /// Hostile input: too-many-streams.
    @Test("refuses streams above the announced number, and takes new ones when others have ended")
    func concurrentStreams() throws {
        var settings = HTTP2Settings()
        settings.maxConcurrentStreams = 2
        let peer = try Peer(settings: settings)
        peer.send(.unary(1, .whole), .unary(3, .whole), .unary(5, .whole))
        peer.sees(.request(1, route: 0, body: []), .request(3, route: 0, body: []))
        try peer.expect(.resetStream(5, .refusedStream))
        peer.send(.data(5, [1]), .resetStream(5, .cancel))
        peer.respond(1)
        _ = try peer.received()
        peer.send(.unary(7, .whole), .unary(9))
        peer.sees(.request(7, route: 0, body: []))
        try peer.expect(.resetStream(9, .refusedStream))
    }
}
