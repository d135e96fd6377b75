import HTTP2FrameKit
import HTTP2Framing
import Testing

/// Repeated header lists, which a session recognizes by their numbers.
@Suite struct HTTP2SessionRecentListTests {
    private static func fields(_ more: [Field], path: String = "/unary") -> [Field] {
        let target = [Field(":method", "POST"), Field(":scheme", "http"), Field(":path", path)]
        return target + [Field(":authority", "backend"), Field("te", "trailers")] + more
    }

    private static func timeout(_ value: String) -> Field { Field("grpc-timeout", value) }

    /// Sends whole requests, one by one, and expects each to be seen as it was sent.
    private static func send(_ lists: [[Field]], to peer: Peer, as form: (Field) -> HeaderRepresentation) throws {
        for list in lists {
            let id = peer.numbers.keys.max().map { $0 + 2 } ?? 1
            peer.send(.headers(UInt32(id), list.map(form), .whole))
            #expect(peer.fields[id] == list)
            peer.respond(id)
            _ = try peer.received()
        }
    }

    private static func numbers(_ peer: Peer) -> [UInt64] {
        peer.numbers.sorted { $0.key < $1.key }.map(\.value)
    }

    @Test("have the same number, in HPACK's table or as literals")
    func numbered() throws {
        let peer = try Peer()
        let lists = [
            Self.fields([Field("x-a", "1")]), Self.fields([Field("x-a", "2")]), Self.fields([], path: "/stream"),
        ]
        try Self.send(lists, to: peer, as: HeaderRepresentation.indexing)
        try Self.send(lists + lists, to: peer, as: HeaderRepresentation.literal)
        #expect(Self.numbers(peer) == [1, 2, 3, 1, 2, 3, 1, 2, 3])
    }

    @Test("may differ in the timeout, which is reported with the number")
    func timeouts() throws {
        let peer = try Peer()
        let values = ["5S", "4999m", "1n", "5S", "99999999u"]
        try Self.send(
            values.map { Self.fields([Self.timeout($0), Field("x-a", "1")]) },
            to: peer,
            as: { .literal($0) }
        )
        #expect(Self.numbers(peer) == [1, 1, 1, 1, 1])
        #expect(peer.timeouts.sorted { $0.key < $1.key }.map(\.value) == values)
    }

    @Test("have no timeout of their own when there are two, and differ when the timeout is no short text")
    func oddTimeouts() throws {
        let peer = try Peer()
        let lists = [[Self.timeout("1S"), Self.timeout("2S")], [Self.timeout("1S"), Self.timeout("3S")]]
        try Self.send(lists.map { Self.fields($0) }, to: peer, as: { .literal($0) })
        #expect(Self.numbers(peer) == [1, 2])
        #expect(peer.timeouts.isEmpty)
        try Self.send(["1S", "0123456789"].map { Self.fields([Self.timeout($0)]) }, to: peer, as: { .literal($0) })
        #expect(Self.numbers(peer) == [1, 2, 3, 4])
        peer.takeSeen()
        peer.send(.headers(9, .init(Self.fields([Self.timeout("1\0")])), .whole))
        peer.sees()
        try peer.expect(.resetStream(9, .protocolError))
    }

    @Test("are distinguished from shorter and longer ones and from others with the same beginning")
    func beginnings() throws {
        let peer = try Peer()
        let more = [Field("x-a", "1"), Field("x-b", "2"), Field("x-c", "3")]
        let lists = (0...3).map { Self.fields(Array(more.prefix($0))) } + [Self.fields([more[0], more[2]])]
        try Self.send(lists + lists + lists.reversed(), to: peer, as: { .literal($0) })
        #expect(Self.numbers(peer) == [1, 2, 3, 4, 5, 1, 2, 3, 4, 5, 5, 4, 3, 2, 1])
    }

    @Test("are forgotten when others replace them; large ones are counted until then")
    func forgotten() throws {
        let peer = try Peer()
        let lists = (0..<17).map { Self.fields([Field("x-a", "\($0)")]) }
        try Self.send(lists + lists, to: peer, as: { .literal($0) })
        #expect(Self.numbers(peer) == Array(1...34))
        let large = Self.fields([Field("x-large", String(repeating: "l", count: 4096))])
        try Self.send([large, large], to: peer, as: { .literal($0) })
        #expect(Self.numbers(peer).suffix(2) == [35, 35])
        #expect(peer.heldBytes > 4_096 && peer.heldBytes < 5_000)
        try Self.send(Array(lists.prefix(16)), to: peer, as: { .literal($0) })
        #expect(peer.heldBytes < 64)
    }

    @Test("have bodies of their own, as long as they say")
    func contentLength() throws {
        let peer = try Peer()
        let block = [HeaderRepresentation](Self.fields([Field("content-length", "2")]))
        for id: UInt32 in [1, 3] {
            peer.send(.headers(id, block), .data(id, [1, 2], .endStream))
            peer.sees(.request(Int32(id), route: 0, body: [1, 2]))
        }
        peer.send(.headers(5, block), .data(5, [1], .endStream), .headers(7, block), .data(7, [1, 2, 3]))
        peer.send(.headers(9, block, .whole))
        try peer.expect(
            .resetStream(5, .protocolError),
            .resetStream(7, .protocolError),
            .resetStream(9, .protocolError)
        )
        peer.sees()
    }

    @Test("live as long as their stream")
    func outlived() throws {
        let peer = try Peer()
        // In one piece: the application learns of 1 and 3 when the others have replaced them.
        let others = (0..<20).map {
            Frame.headers(UInt32(5 + 2 * $0), .init(Self.fields([Field("x-a", "\($0)")])), .whole)
        }
        peer.send(
            [
                .headers(1, .init(Self.fields([Self.timeout("1S")]))),
                .headers(3, .init(Self.fields([Self.timeout("2S")]))), .data(1, [1]), .data(3, [1]),
            ] + others
        )
        #expect(peer.fields[1] == Self.fields([Self.timeout("1S")]))
        #expect(peer.fields[3] == Self.fields([Self.timeout("2S")]))
    }
}
