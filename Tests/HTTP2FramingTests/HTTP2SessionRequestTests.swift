import HTTP2FrameKit
import HTTP2Framing
import Testing

@Suite struct HTTP2SessionRequestTests {
    @Test("reports a unary request as one event, without copying its body")
    func oneEvent() throws {
        let peer = try Peer()
        let head = Frame.unary(1)
        peer.send(head, .data(1, [1, 2, 3, 4, 5, 6], .endStream))
        peer.sees(.request(1, route: 0, body: [1, 2, 3, 4, 5, 6]))
        #expect(peer.bodyOffset == head.bytes.count + Frame.headerLength)
        #expect(peer.openStreams == 1)
    }

    @Test("reports the header list in its order, with duplicates and odd bytes")
    func headerList() throws {
        let peer = try Peer()
        let more = [
            Field("x-twice", "1"), Field("x-twice", "2"), Field(Array("x-odd".utf8), [0xFF, 0x80, 0x20, 0x41]),
        ]
        peer.send(.headers(1, .request("/unary", more), .whole))
        peer.sees(.request(1, route: 0, body: []))
        let expected =
            [
                Field(":method", "POST"), Field(":scheme", "http"), Field(":path", "/unary"),
                Field(":authority", "backend:10001"), Field("content-type", "application/grpc"),
                Field("te", "trailers"),
            ] + more
        #expect(peer.fields[1] == expected)
    }

    @Test(
        "finds the route of a path",
        arguments: [
            ("/unary", 0), ("/stream", 1), ("/unarx", nil), ("/unary/", nil), ("/", nil), ("/xnary", nil),
        ] as [(String, Int?)]
    )
    func routes(path: String, route: Int?) throws {
        let peer = try Peer()
        peer.send(.headers(1, .request(path), .whole))
        if route == 1 {
            peer.sees(.opened(1, route: 1), .ended(1))
        } else {
            peer.sees(.request(1, route: route, body: []))
        }
    }

    static let splits: [[Frame]] = [
        [.data(1, [1, 2]), .data(1, [3, 4, 5, 6]), .data(1, [7], .endStream)],
        [.data(1, [1, 2, 3]).padded(255), .data(1, [4, 5, 6, 7], .endStream).padded(0)],
        [.data(1, []), .data(1, [1, 2, 3, 4, 5, 6, 7]), .data(1, [], .endStream)],
        [.data(1, [1, 2, 3, 4, 5, 6, 7]), .headers(1, .init([Field("x-end", "1")]), .whole)],
    ]

    @Test("puts a split or padded body together", arguments: splits)
    func pieces(frames: [Frame]) throws {
        let peer = try Peer()
        peer.send([.unary(1)] + frames)
        peer.sees(.request(1, route: 0, body: [1, 2, 3, 4, 5, 6, 7]))
        #expect(peer.fields[1]?[":path"] == "/unary")
    }

    @Test("reports an incomplete request's headers, then its first bytes once, then all of it")
    func incomplete() throws {
        let peer = try Peer()
        peer.send(.unary(1))
        peer.sees(.opened(1, route: 0))
        #expect(peer.fields[1]?["te"] == "trailers")
        peer.send(.data(1, [1, 2, 3, 4]))
        peer.sees()
        peer.send(.data(1, [5]))
        peer.sees(.bodyStarted(1, [1, 2, 3, 4, 5]))
        peer.send(.data(1, [6, 7]))
        peer.sees()
        peer.send(.data(1, [8], .endStream))
        peer.sees(.request(1, route: 0, body: [1, 2, 3, 4, 5, 6, 7, 8]))
    }

    @Test("keeps the received part of a body when its bytes are gone, byte by byte too")
    func byteByByte() throws {
        let peer = try Peer()
        peer.sendByteByByte(.unary(1), .data(1, Array(1...9)).padded(4), .data(1, [10], .endStream))
        peer.sees(
            .opened(1, route: 0),
            .bodyStarted(1, [1, 2, 3, 4, 5]),
            .request(1, route: 0, body: Array(1...10))
        )
    }

    @Test("keeps the beginning of a last frame, the rest of which comes later")
    func splitLastFrame() throws {
        let peer = try Peer()
        peer.sendByteByByte(.unary(1), .data(1, Array(1...9), .endStream))
        peer.sees(.opened(1, route: 0), .bodyStarted(1, [1, 2, 3, 4, 5]), .request(1, route: 0, body: Array(1...9)))
    }

    @Test("reports only the request when it is complete at the end of a receive")
    func completeInOneReceive() throws {
        let peer = try Peer()
        peer.send([1, 3, 5].flatMap { [.unary($0), .data($0, [UInt8($0)], .endStream)] })
        peer.sees(
            .request(1, route: 0, body: [1]),
            .request(3, route: 0, body: [3]),
            .request(5, route: 0, body: [5])
        )
    }

    @Test("joins CONTINUATION frames, and keeps the dynamic table between requests")
    func continuation() throws {
        let peer = try Peer()
        let indexing = [HeaderRepresentation].request("/unary") + [.indexing("x-long", "kept")]
        peer.send(Frame.headers(1, indexing, .whole, pieceLength: 11))
        peer.sees(.request(1, route: 0, body: []))
        peer.send(.headers(3, [HeaderRepresentation].request("/unary") + [.indexed(62)], .whole))
        peer.sees(.request(3, route: 0, body: []))
        #expect(peer.fields[3]?["x-long"] == "kept")
    }

    @Test("returns the window of a collected body while it arrives")
    func windowReturns() throws {
        var settings = HTTP2Settings()
        settings.streamWindow = 20_000
        settings.connectionWindow = 65_535
        let peer = try Peer(settings: settings)
        peer.send(.unary(1), .data(1, [UInt8](repeating: 1, count: 10_000)))
        try peer.expect(.windowUpdate(1, 10_000))
        for _ in 0..<3 { peer.send(.data(1, [UInt8](repeating: 1, count: 10_000))) }
        #expect(try peer.received().contains(.windowUpdate(0, 40_000)))
        peer.send(.data(1, [], .endStream))
        #expect(peer.takeSeen().last == .request(1, route: 0, body: [UInt8](repeating: 1, count: 40_000)))
    }
}
