import HTTP2FrameKit
import HTTP2Framing
import Testing

/// How much a peer can make a session hold.
@Suite struct HTTP2SessionMemoryTests {
    private static func settings(memory: Int = 256 * 1024 * 1024, unsent: Int = 64 * 1024 * 1024) -> HTTP2Settings {
        var settings = HTTP2Settings()
        settings.maxMemory = memory
        settings.maxUnsent = unsent
        return settings
    }

    private static func ids(_ range: Range<UInt32>) -> [UInt32] {
        range.map { $0 * 2 + 1 }
    }

    private static let piece = [UInt8](repeating: 1, count: 16_000)

    /// One stream's frames that make the session hold some 16,000 bytes.
    static let hoards: [(what: String, frames: @Sendable (UInt32) -> [Frame])] = [
        ("bodies that do not end", { [.unary($0), .data($0, piece)] }),
        ("messages that nobody reads", { [.stream($0), .data($0, piece)] }),
        (
            "header lists that the application keeps of requests that do not end",
            {
                [
                    .headers($0, .request("/unary", [Field("x-fill", String(repeating: "f", count: 15_000))])),
                    .data($0, [1, 2, 3, 4, 5]),
                ]
            }
        ),
    ]

    /// Hostile input: bodies-held, half-open-request.
    @Test("ends a connection that makes it hold more than the limit", arguments: hoards.indices)
    func hoard(index: Int) throws {
        let peer = try Peer(settings: Self.settings(memory: 1_000_000))
        peer.keepsLists = true
        for id in Self.ids(0..<44) {
            peer.send(Self.hoards[index].frames(id))
            peer.takeSeen()
            _ = try peer.received()
        }
        #expect(peer.terminationCode == nil && peer.heldBytes > 600_000)
        // Three quarters of the limit are held: open streams may continue, new ones are refused.
        for id in Self.ids(0..<44) { peer.send(.data(id, Self.piece)) }
        #expect(peer.terminationCode == .enhanceYourCalm)
        #expect(peer.heldBytes < 1_050_000)
        #expect(try peer.received().last == .goAway(last: 87, .enhanceYourCalm))
        #expect(peer.isFinished)
    }

    /// Hostile input: bodies-held.
    @Test("refuses new streams above three quarters of the limit, and keeps the connection", arguments: hoards.indices)
    func refuses(index: Int) throws {
        let peer = try Peer(settings: Self.settings(memory: 1_000_000))
        peer.keepsLists = true
        var refused: UInt32?
        for id in Self.ids(0..<60) where refused == nil {
            peer.send(Self.hoards[index].frames(id))
            peer.takeSeen()
            if try peer.received().contains(.resetStream(id, .refusedStream)) { refused = id }
        }
        let last = try #require(refused)
        #expect(peer.heldBytes > 740_000 && peer.heldBytes < 800_000)
        for id in stride(from: 1, to: last, by: 2) { peer.send(.resetStream(id, .cancel)) }
        peer.takeSeen()
        #expect(peer.heldBytes < 50_000)
        peer.send(.unary(last + 2, .whole))
        peer.sees(.request(Int32(last + 2), route: 0, body: []))
        #expect(peer.terminationCode == nil)
    }

    @Test("refuses any number of streams without ENHANCE_YOUR_CALM")
    func refusesMany() throws {
        let peer = try Peer(settings: Self.settings(memory: 100_000))
        var refused = 0
        for id in Self.ids(0..<5_000) {
            peer.send(.stream(id))
            peer.takeSeen()
            refused += try peer.received().count { $0 == .resetStream(id, .refusedStream) }
        }
        #expect(refused > 4_900 && refused < 4_950)
        #expect(peer.terminationCode == nil)
        #expect(peer.openStreams == 5_000 - refused)
    }

    /// Hostile input: unread-answers.
    @Test("releases a request's message when the application has read it")
    func read() throws {
        let peer = try Peer()
        peer.send(.unary(1), .data(1, Self.piece))
        peer.takeSeen()
        #expect(peer.heldBytes > 16_000)
        peer.send(.data(1, Self.piece, .endStream))
        peer.sees(.request(1, route: 0, body: Self.piece + Self.piece))
        #expect(peer.heldBytes < 2_000)
    }

    @Test("counts messages until they are taken")
    func taken() throws {
        let peer = try Peer()
        peer.send(.stream(1))
        peer.takeSeen()
        let idle = peer.heldBytes
        peer.send(.data(1, Self.piece))
        peer.takeSeen()
        #expect(peer.heldBytes == idle + 16_000)
        peer.app { $0.consume(10_000, of: 1) }
        #expect(peer.heldBytes == idle + 6_000)
        peer.app { $0.consume(6_000, of: 1) }
        #expect(peer.heldBytes == idle)
    }

    static let lives: [(what: String, live: @Sendable (Peer, UInt32) throws -> Void)] = [
        (
            "answered",
            { peer, id in
                peer.send(.unary(id), .data(id, piece), .data(id, piece, .endStream))
                peer.respond(Int32(id), piece)
            }
        ),
        (
            "answered early",
            { peer, id in
                peer.send(.unary(id), .data(id, piece))
                peer.refuse(Int32(id))
            }
        ),
        (
            "reset while its answer waits",
            { peer, id in
                peer.send(.unary(id, .whole), .windowUpdate(0, 30_000))
                peer.respond(Int32(id), piece + piece + piece + piece + piece)
                _ = try peer.received()
                peer.send(.resetStream(id, .cancel))
            }
        ),
        (
            "reset while its messages wait",
            { peer, id in
                peer.send(.stream(id), .data(id, piece))
                peer.start(Int32(id))
                peer.write(Int32(id), piece)
                peer.send(.resetStream(id, .cancel))
            }
        ),
        (
            "refused for its body",
            { peer, id in
                peer.send(.unary(id))
                for _ in 0..<13 { peer.send(.data(id, piece)) }
                peer.refuse(Int32(id))
            }
        ),
        ("malformed", { peer, id in peer.send(.headers(id, .request("/unary", [Field("X", "")])), .data(id, piece)) }),
    ]

    @Test("holds nothing of a stream that is gone, however it ended", arguments: lives.indices)
    func freed(index: Int) throws {
        var settings = HTTP2Settings()
        settings.maxBody = 200_000
        let peer = try Peer(settings: settings)
        for id in Self.ids(0..<20) {
            try Self.lives[index].live(peer, id)
            _ = try peer.received()
            peer.send(.windowUpdate(0, 20_000))
            peer.takeSeen()
            peer.now += 1000 * Peer.millisecond
        }
        #expect(peer.openStreams == 0)
        #expect(peer.unsentBytes == 0)
        // Buffers of small messages are kept for the next streams.
        #expect(peer.heldBytes <= 8_192)
    }

    /// Hostile input: unread-answers, zero-window.
    @Test("refuses new streams while the peer leaves too much unread, and sends all accepted answers")
    func unread() throws {
        let peer = try Peer(
            opening: [.settings(Setting(.initialWindowSize, 0)), .settingsAck],
            settings: Self.settings(unsent: 100_000)
        )
        for id in Self.ids(0..<7) {
            peer.send(.unary(id, .whole))
            peer.sees(.request(Int32(id), route: 0, body: []))
            peer.respond(Int32(id), Self.piece)
            try peer.expect(.headers(id, Peer.headFields, endStream: false))
        }
        #expect(peer.unsentBytes == 7 * 16_000)
        peer.send(.unary(15, .whole))
        peer.sees()
        try peer.expect(.resetStream(15, .refusedStream))
        peer.send(.windowUpdate(0, 1_000_000), .settings(Setting(.initialWindowSize, 20_000)))
        let ends = try peer.received().filter { if case .headers(_, Peer.okFields, true) = $0 { true } else { false } }
        #expect(ends.count == 7)
        #expect(peer.unsentBytes == 0 && peer.openStreams == 0)
        peer.takeSeen()
        peer.send(.unary(17, .whole))
        peer.sees(.request(17, route: 0, body: []))
        #expect(peer.terminationCode == nil)
    }

    /// Hostile input: zero-window.
    @Test("makes every writer wait while the peer leaves too much unread")
    func writersWait() throws {
        let peer = try Peer(
            opening: [.settings(Setting(.initialWindowSize, 0)), .settingsAck],
            settings: Self.settings(unsent: 100_000)
        )
        peer.send(Self.ids(0..<8).map { .stream($0) })
        for id: Int32 in [1, 3, 5, 7, 9, 11, 13, 15] { peer.start(id) }
        _ = try peer.received()
        peer.takeSeen()
        for id: Int32 in [1, 3, 5, 7, 9, 11] { #expect(peer.write(id, Self.piece) == .accepted) }
        #expect(peer.write(13, Self.piece) == .full)
        #expect(peer.write(15, [1]) == .full)
        peer.send(.windowUpdate(15, 1))
        #expect(try peer.received() == [.data(15, [1], endStream: false)])
        peer.sees(.writable(15))
    }

    /// Hostile input: unread-answers.
    @Test("ends a connection whose answers are above the limit of all that it may hold")
    func answersAboveLimit() throws {
        let peer = try Peer(
            opening: [.settings(Setting(.initialWindowSize, 0)), .settingsAck],
            settings: Self.settings(memory: 200_000)
        )
        peer.send(Self.ids(0..<8).map { .unary($0, .whole) })
        peer.takeSeen()
        for id: Int32 in [1, 3, 5, 7, 9] { peer.respond(id, Self.piece + Self.piece) }
        #expect(peer.terminationCode == nil)
        for id: Int32 in [11, 13] { peer.respond(id, Self.piece + Self.piece) }
        #expect(peer.terminationCode == .enhanceYourCalm)
        #expect(try peer.received().last == .goAway(last: 15, .enhanceYourCalm))
        #expect(peer.isFinished)
    }

    /// Hostile input: hpack-bomb.
    @Test("counts a header list by its decoded size")
    func decodedSize() throws {
        let peer = try Peer()
        let field = Field("x-bomb", String(repeating: "b", count: 3_000))
        peer.send(
            .headers(1, [HeaderRepresentation].request("/unary") + [.indexing(field), .indexed(62), .indexed(62)])
        )
        peer.takeSeen()
        #expect(peer.heldBytes > 3 * 3_000 && peer.heldBytes < 4 * 3_000)
    }
}
