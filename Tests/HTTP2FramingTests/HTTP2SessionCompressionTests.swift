import HTTP2FrameKit
import HTTP2Framing
import Testing

/// HPACK's table sizes, which both sides may change (RFC 7541 §4.2, §6.3).
@Suite struct HTTP2SessionCompressionTests {
    private static let request: [HeaderRepresentation] = .request("/unary")

    static let forbidden: [[HeaderRepresentation]] = [
        [.tableSize(4097)] + request, [.tableSize(Int(Int32.max))] + request, request + [.tableSize(0)],
        [.tableSize(0), .indexing("x-gone", "1"), .indexed(62)] + request, [.indexed(62)] + request,
        [.raw([0x3F, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x7F])] + request,
    ]

    /// Hostile input: table-size-games.
    @Test("ends the connection for table sizes and indexes that are not allowed", arguments: forbidden)
    func refuses(block: [HeaderRepresentation]) throws {
        let peer = try Peer()
        peer.send(.headers(1, block, .whole))
        #expect(try peer.received().last == .goAway(last: 1, .compressionError))
        #expect(peer.isFinished)
    }

    /// Hostile input: table-size-games.
    @Test("follows table sizes up and down in every block")
    func upAndDown() throws {
        let peer = try Peer()
        for round in UInt32(0)..<1_000 {
            let id = round * 2 + 1
            let size = Int(round * 97 % 4097)
            let block = [.tableSize(0), .tableSize(size)] + Self.request + [.indexing("x-kept", "1")]
            peer.send(.headers(id, block, .whole))
            #expect(peer.fields[Int32(id)]?["x-kept"] == "1")
            peer.respond(Int32(id))
            _ = try peer.received()
        }
        #expect(peer.terminationCode == nil)
        #expect(peer.heldBytes < 10_000)
    }

    /// Hostile input: table-size-games.
    @Test("writes what a peer with any table size can read", arguments: [0, 1, 100, 4096, 65_536, .max] as [UInt32])
    func ofPeer(size: UInt32) throws {
        let peer = try Peer()
        for id: UInt32 in [1, 3, 5] {
            peer.send(.settings(Setting(.headerTableSize, id == 3 ? 0 : size)), .unary(id, .whole))
            peer.respond(Int32(id))
            let received = try peer.received()
            #expect(received.contains(.headers(id, Peer.headFields, endStream: false)))
            #expect(received.last == .headers(id, Peer.okFields, endStream: true))
        }
    }
}
