import HTTP2FrameKit
import HTTP2Framing
import Testing

/// For the address sanitizer: sessions that end in the middle of everything.
@Suite struct HTTP2SessionLifetimeTests {
    private static let routes = HTTP2Routes([("/unary", .unary), ("/stream", .streaming)])

    static let openings: [[Frame]] = [
        [
            .settings(Setting(.initialWindowSize, 10)), .unary(1), .data(1, [1, 2, 3, 4, 5, 6]), .stream(3),
            .data(3, [1]),
        ],
        [.settings(), .unary(1, .whole), .stream(3, .whole), .unary(5), .resetStream(5, .cancel), .unary(7)],
        [.settings(), .headers(1, .request("/unary", [Field("x-half", "y")]), [])],
        [.settings(), .unary(1), .ping([1]), .unary(3)],
    ]

    @Test("is freed with open streams and with events taken, partly taken or not taken", arguments: openings)
    func freed(frames: [Frame]) {
        let bytes = Frame.preface + frames.flatMap(\.bytes)
        for taken in 0..<6 {
            var session = HTTP2Session(serverFor: Self.routes)
            bytes.withUnsafeBytes { bytes in
                session.receive(bytes, now: 0)
                for _ in 0..<taken { _ = session.nextEvent().map(SeenEvent.init) }
            }
            let wantsWrite = session.wantsWrite
            #expect(wantsWrite)
        }
    }

    @Test("is freed with answers unsent and half a frame written")
    func unsent() {
        var session = HTTP2Session(serverFor: Self.routes)
        let bytes = Frame.preface + Self.openings[0].flatMap(\.bytes)
        bytes.withUnsafeBytes { bytes in
            session.receive(bytes, now: 0)
            while session.nextEvent() != nil {}
        }
        let body = [UInt8](repeating: 1, count: 100_000)
        let headers = Peer.head.appending([("x-made", "copied")])
        body.withUnsafeBytes { body in
            _ = session.respond(to: Peer.stream(1), headers: headers, body: body, trailers: headers)
            _ = session.startResponse(to: Peer.stream(3), headers: headers)
            #expect(session.writeBody(body, to: 3) == .full)
        }
        var buffer = [UInt8](repeating: 0, count: 100)
        #expect(buffer.withUnsafeMutableBytes { session.write(into: $0) } == 100)
    }

    @Test("keeps an event's views when the application answers and writes before it takes the next")
    func answersBetweenEvents() throws {
        var session = HTTP2Session(serverFor: Self.routes)
        let frames: [Frame] =
            [.settings()]
            + (0..<200).flatMap { index -> [Frame] in
                let id = UInt32(index * 2 + 1)
                return [.unary(id), .data(id, [UInt8](repeating: UInt8(index), count: 3)), .data(id, [0], .endStream)]
            }
        var output = [UInt8](repeating: 0, count: 65_536)
        var requests = 0
        (Frame.preface + frames.flatMap(\.bytes)).withUnsafeBytes { bytes in
            session.receive(bytes, now: 0)
            while let event = session.nextEvent() {
                guard case .request(let stream, _, let list, let body) = event else { continue }
                _ = session.respond(to: stream, headers: Peer.head, body: body, trailers: Peer.ok)
                _ = output.withUnsafeMutableBytes { session.write(into: $0) }
                let value = UInt8(requests)
                #expect(Array(body) == [value, value, value, 0])
                #expect(list.copied[":path"] == "/unary")
                requests += 1
            }
        }
        #expect(requests == 200)
        let open = session.openStreams
        #expect(open == 0)
    }

    @Test("takes events that a write queued before those of the next receive")
    func eventsOfWrite() throws {
        var settings = HTTP2Settings()
        settings.highWater = 10
        let peer = try Peer(settings: settings)
        peer.send(.stream(1), .unary(3))
        peer.start(1)
        #expect(peer.write(1, [UInt8](repeating: 1, count: 20)) == .full)
        peer.app { $0.reset(3, .cancel) }
        var output = [UInt8](repeating: 0, count: 1000)
        _ = output.withUnsafeMutableBytes { output in peer.app { $0.write(into: output) } }
        peer.send(.resetStream(1, .cancel), .unary(5, .whole))
        peer.sees(
            .opened(1, route: 1),
            .opened(3, route: 0),
            .closed(3, .cancel),
            .closed(1, .cancel),
            .request(5, route: 0, body: [])
        )
    }
}
