import HTTP2FrameKit
import HTTP2Framing
import Testing

@Suite struct HTTP2SessionCloseTests {
    @Test(
        "reports that an announced stream is gone",
        arguments: [ErrorCode.cancel, .noError, ErrorCode(rawValue: 999)]
    )
    func closed(code: ErrorCode) throws {
        let peer = try Peer()
        peer.send(.stream(1), .unary(3, .whole))
        peer.sees(.opened(1, route: 1), .request(3, route: 0, body: []))
        peer.send(.resetStream(1, code), .resetStream(3, code))
        let expected = HTTP2ErrorCode(rawValue: code.rawValue)
        peer.sees(.closed(1, expected), .closed(3, expected))
        #expect(peer.respond(3) == .streamGone)
        #expect(peer.start(1) == .streamGone)
        #expect(peer.openStreams == 0)
        try peer.expect()
    }

    @Test("does not report a stream that is gone before it was announced")
    func unseen() throws {
        let peer = try Peer()
        peer.send(
            .unary(1, .whole),
            .resetStream(1, .cancel),
            .stream(3),
            .data(3, [1]),
            .resetStream(3, .cancel),
            .unary(5),
            .data(5, [1]),
            .resetStream(5, .cancel)
        )
        peer.sees()
        #expect(peer.openStreams == 0)
    }

    @Test("does not report a stream whose answer is under way")
    func answered() throws {
        let peer = try Peer(opening: [.settings(Setting(.initialWindowSize, 1)), .settingsAck])
        peer.send(.unary(1, .whole))
        peer.respond(1, [1, 2, 3])
        _ = try peer.received()
        peer.send(.resetStream(1, .cancel))
        peer.sees(.request(1, route: 0, body: []))
        try peer.expect()
        #expect(peer.openStreams == 0)
    }

    @Test("resets a stream on demand, once, and reports that it is closed")
    func reset() throws {
        let peer = try Peer()
        peer.send(.stream(1))
        peer.start(1)
        peer.write(1, [1])
        peer.app { $0.reset(1, .internalError) }
        peer.app { $0.reset(1, .cancel) }
        #expect(try peer.received().filter(\.endsStream) == [.resetStream(1, .internalError)])
        peer.sees(.opened(1, route: 1), .closed(1, .internalError))
        #expect(peer.respond(1) == .streamGone)
    }

    @Test("drops an answer whose stream the peer resets before it is written")
    func resetBeforeWrite() throws {
        let peer = try Peer()
        for id: UInt32 in [1, 3] {
            peer.send(.unary(id, .whole))
            let long = Peer.head.appending([("x-made", "copied")])
            _ = peer.app { session in
                [UInt8]([1]).withUnsafeBytes {
                    session.respond(to: Peer.stream(Int32(id)), headers: long, body: $0, trailers: long)
                }
            }
        }
        peer.send(.resetStream(1, .cancel), .unary(5, .whole))
        peer.respond(5)
        let received = try peer.received()
        #expect(Set(received.map(\.streamID)) == [3, 5])
        #expect(received.count == 6)
    }

    @Test("drops trailers that wait to be written when the peer resets their stream")
    func trailersWaiting() throws {
        let peer = try Peer()
        peer.send(.unary(1, .whole), .unary(3, .whole))
        let made = HeaderFields(made: [("grpc-status", "0"), ("grpc-message", String(repeating: "m", count: 5000))])
        _ = peer.app { session in
            [UInt8]([1, 2, 3]).withUnsafeBytes {
                session.respond(to: Peer.stream(1), headers: Peer.head, body: $0, trailers: made)
            }
        }
        var reader = FrameReader()
        var frames: [ReceivedFrame] = []
        while frames.count < 2 {
            var byte: [UInt8] = [0]
            #expect(byte.withUnsafeMutableBytes { buffer in peer.app { $0.write(into: buffer) } } == 1)
            reader.append(byte)
            while let frame = try reader.next() { frames.append(frame) }
        }
        #expect(frames.last == .data(1, [1, 2, 3], endStream: false))
        peer.send(.resetStream(1, .cancel))
        peer.sees(.request(1, route: 0, body: []), .request(3, route: 0, body: []))
        try peer.expect()
        #expect(peer.openStreams == 1)
    }

    @Test("gives each live stream a slot of its own, and uses slots again")
    func slots() throws {
        let peer = try Peer()
        let ids = (0..<150).map { UInt32($0 * 2 + 1) }
        peer.send(ids.prefix(100).map { .stream($0) })
        #expect(Set(peer.streams.values.map(\.slot)) == Set(0..<100))
        peer.send(ids.prefix(50).map { .resetStream($0, .cancel) })
        peer.send(ids.suffix(50).map { .stream($0) })
        #expect(Set(ids.suffix(100).compactMap { peer.streams[Int32($0)]?.slot }) == Set(0..<100))
    }

    @Test("keeps a closed stream's slot until its events are taken")
    func slotOfClosed() throws {
        let peer = try Peer()
        peer.send(.stream(1))
        peer.send(.resetStream(1, .cancel), .stream(3))
        peer.sees(.opened(1, route: 1), .closed(1, .cancel), .opened(3, route: 1))
        #expect(peer.streams[1]?.slot == 0)
        #expect(peer.streams[3]?.slot == 1)
        peer.send(.stream(5))
        #expect(peer.streams[5]?.slot == 0)
    }

    @Test("stays with few slots over many requests")
    func manyRequests() throws {
        let peer = try Peer()
        for id in stride(from: UInt32(1), to: 4000, by: 2) {
            peer.send(.unary(id, .whole))
            peer.respond(Int32(id))
            _ = try peer.received()
        }
        #expect(Set(peer.streams.values.map(\.slot)).count <= 2)
        #expect(peer.openStreams == 0)
    }
}
