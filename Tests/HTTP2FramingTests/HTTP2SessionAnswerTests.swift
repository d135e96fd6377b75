import HTTP2FrameKit
import HTTP2Framing
import Testing

@Suite struct HTTP2SessionAnswerTests {
    @Test("sends headers, body and trailers as three frames")
    func respond() throws {
        let peer = try Peer()
        peer.send(.unary(1), .data(1, [0], .endStream))
        #expect(peer.respond(1, [1, 2, 3]) == .accepted)
        try peer.expect(
            .headers(1, Peer.headFields, endStream: false),
            .data(1, [1, 2, 3], endStream: false),
            .headers(1, Peer.okFields, endStream: true)
        )
        #expect(peer.openStreams == 0)
        peer.sees(.request(1, route: 0, body: [0]))
    }

    @Test("sends an answer without a body as two HEADERS frames")
    func emptyBody() throws {
        let peer = try Peer()
        peer.send(.unary(1, .whole))
        peer.respond(1, [])
        try peer.expect(.headers(1, Peer.headFields, endStream: false), .headers(1, Peer.okFields, endStream: true))
    }

    @Test("sends Trailers-Only as one frame")
    func trailersOnly() throws {
        let peer = try Peer()
        peer.send(.unary(1, .whole))
        #expect(peer.refuse(1) == .accepted)
        try peer.expect(.headers(1, Peer.unavailableFields, endStream: true))
        #expect(peer.openStreams == 0)
    }

    @Test("sends an answer without trailers with END_STREAM on its last DATA")
    func noTrailers() throws {
        let peer = try Peer()
        peer.send(.unary(1, .whole))
        [UInt8]([1]).withUnsafeBytes { body in
            _ = peer.app {
                $0.respond(to: Peer.stream(1), headers: Peer.head, body: body, trailers: HeaderFields())
            }
        }
        try peer.expect(.headers(1, Peer.headFields, endStream: false), .data(1, [1], endStream: true))
    }

    @Test("sends made fields after the fixed ones, in headers and in trailers")
    func madeFields() throws {
        let peer = try Peer()
        peer.send(.unary(1, .whole))
        let head = Peer.head.appending([("x-made", "a"), ("x-empty", "")])
        let trailers = HeaderFields(fixed: [("grpc-status", "5")], made: [("grpc-message", "no%20room")])
        _ = peer.app {
            $0.respond(
                to: Peer.stream(1),
                headers: head,
                body: UnsafeRawBufferPointer(start: nil, count: 0),
                trailers: trailers
            )
        }
        try peer.expect(
            .headers(1, Peer.headFields + [Field("x-made", "a"), Field("x-empty", "")], endStream: false),
            .headers(1, [Field("grpc-status", "5"), Field("grpc-message", "no%20room")], endStream: true)
        )
    }

    @Test("refuses a second answer, and one to a stream that never was")
    func twice() throws {
        let peer = try Peer()
        peer.send(.unary(1, .whole))
        peer.respond(1)
        #expect(peer.respond(1) == .streamGone)
        #expect(peer.refuse(1) == .streamGone)
        #expect(peer.start(1) == .streamGone)
        #expect(peer.write(1, [1]) == .streamGone)
        #expect(peer.end(1) == .streamGone)
        _ = try peer.received()
        #expect(peer.respond(1) == .streamGone)
        #expect(peer.respond(99) == .streamGone)
        #expect(peer.write(99, [1]) == .streamGone)
        peer.app { $0.reset(99, .cancel) }
        peer.app { $0.consume(5, of: 99) }
        try peer.expect()
    }

    @Test("ends a request it answers early with RST_STREAM NO_ERROR", arguments: [true, false])
    func early(trailersOnly: Bool) throws {
        let peer = try Peer()
        peer.send(.unary(1), .data(1, [1, 2, 3, 4, 5]))
        peer.sees(.opened(1, route: 0), .bodyStarted(1, [1, 2, 3, 4, 5]))
        if trailersOnly {
            peer.refuse(1)
            try peer.expect(.headers(1, Peer.unavailableFields, endStream: true), .resetStream(1, .noError))
        } else {
            peer.respond(1, [9])
            try peer.expect(
                .headers(1, Peer.headFields, endStream: false),
                .data(1, [9], endStream: false),
                .headers(1, Peer.okFields, endStream: true),
                .resetStream(1, .noError)
            )
        }
        // What was on its way is dropped silently.
        peer.send(.data(1, [6], .endStream))
        peer.sees()
        try peer.expect()
        #expect(peer.openStreams == 0)
    }

    @Test("sends no RST_STREAM when the request ended before its early answer was written")
    func earlyButEnded() throws {
        let peer = try Peer()
        peer.send(.unary(1))
        peer.refuse(1)
        peer.send(.data(1, [1, 2, 3, 4, 5], .endStream))
        peer.sees(.opened(1, route: 0))
        try peer.expect(.headers(1, Peer.unavailableFields, endStream: true))
    }

    @Test("reports nothing more about a request that is answered, reset or gone")
    func nothingAfterAnswer() throws {
        let peer = try Peer()
        peer.send(.stream(1), .stream(3), .stream(5))
        peer.sees(.opened(1, route: 1), .opened(3, route: 1), .opened(5, route: 1))
        peer.start(1)
        peer.end(1)
        peer.app { $0.reset(3, .cancel) }
        peer.send(.data(1, [1]), .data(3, [3]), .data(5, [5]), .resetStream(5, .cancel))
        peer.sees(.closed(5, .cancel))
        _ = try peer.received()
        peer.sees(.closed(3, .cancel))
    }

    @Test("resets a stream whose headers or trailers are too long to send", arguments: [true, false])
    func tooLongToSend(trailers: Bool) throws {
        let peer = try Peer()
        peer.send(.unary(1, .whole), .unary(3, .whole))
        let long = HeaderFields(made: [("grpc-message", String(repeating: "m", count: 70_000))])
        peer.app { session in
            let body = UnsafeRawBufferPointer(start: nil, count: 0)
            let headers = trailers ? Peer.head : long
            _ = session.respond(to: Peer.stream(1), headers: headers, body: body, trailers: trailers ? long : Peer.ok)
        }
        #expect(try peer.received().last == .resetStream(1, .internalError))
        peer.respond(3, [3])
        #expect(try peer.received().last == .headers(3, Peer.okFields, endStream: true))
        #expect(peer.openStreams == 0)
    }

    @Test("writes the same bytes whatever the buffer's size", arguments: [1, 9, 10, 100])
    func portions(size: Int) throws {
        let peer = try Peer()
        peer.send(.unary(1, .whole))
        peer.respond(1, Array(0..<200))
        let frames = try peer.received(portion: size)
        #expect(frames.count == 3)
        #expect(frames[1] == .data(1, Array(0..<200), endStream: false))
        #expect(!peer.wantsWrite)
    }
}
