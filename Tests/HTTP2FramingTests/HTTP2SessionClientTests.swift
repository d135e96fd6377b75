import HTTP2FrameKit
import HTTP2Framing
import Testing

@Suite struct HTTP2SessionClientTests {
    static func request(_ path: String) -> HeaderFields {
        HeaderFields(
            fixed: [(":method", "POST"), (":scheme", "http")],
            made: [(":path", path), (":authority", "backend:10001"), ("te", "trailers")]
        )
    }

    private static func open(_ path: String, _ body: [UInt8], in conversation: Conversation) throws -> Int32 {
        let id = try #require(conversation.client { $0.startRequest(headers: request(path)) })
        _ = body.withUnsafeBytes { body in conversation.client { $0.writeBody(body, to: id) } }
        _ = conversation.client { $0.endBody(of: id) }
        return id
    }

    @Test("carries unary calls of every size both ways", arguments: [0, 1, 16_384, 16_385, 3_000_000])
    func unary(size: Int) throws {
        let body = (0..<size).map { UInt8(truncatingIfNeeded: $0) }
        let conversation = Conversation()
        conversation.serve = { event, session in
            guard case .request(let stream, _, _, let body) = event else { return }
            _ = session.respond(to: stream, headers: Peer.head, body: body, trailers: Peer.ok)
        }
        let ids = try (0..<2).map { _ in try Self.open("/unary", body, in: conversation) }
        conversation.run()
        #expect(ids == [1, 3])
        for id in ids {
            let isServed = conversation.serverSees.contains(.request(id, route: 0, body: body))
            #expect(isServed)
            let received: [UInt8] = conversation.clientSees.flatMap { event -> [UInt8] in
                guard case .data(id, let bytes) = event else { return [] }
                return bytes
            }
            // Apart from the expectations, which would print all of these bytes.
            let isEqual = received == body
            let frame = conversation.clientSees.filter { $0 == .opened(id, route: nil) || $0 == .ended(id) }
            #expect(isEqual)
            #expect(frame == [.opened(id, route: nil), .ended(id)])
            #expect(conversation.clientFields[id] == Peer.okFields)
        }
        #expect(conversation.client { $0.openStreams } == 0)
        #expect(conversation.server { $0.openStreams } == 0)
    }

    @Test("carries a streaming call with messages both ways")
    func streaming() throws {
        let conversation = Conversation()
        conversation.serve = { event, session in
            switch event {
            case .opened(let stream, _, _): _ = session.startResponse(to: stream, headers: Peer.head)
            case .data(let stream, let bytes):
                session.consume(bytes.count, of: stream.id)
                _ = session.writeBody(bytes, to: stream.id)
            case .ended(let stream, _): _ = session.endBody(of: stream.id, trailers: Peer.ok)
            default: break
            }
        }
        let id = try #require(conversation.client { $0.startRequest(headers: Self.request("/stream")) })
        conversation.run()
        for byte: UInt8 in 1...3 {
            _ = [byte].withUnsafeBytes { bytes in conversation.client { $0.writeBody(bytes, to: id) } }
            conversation.run()
        }
        _ = conversation.client { $0.endBody(of: id) }
        conversation.run()
        let events = conversation.clientSees.filter { $0 != .settings }
        #expect(events == [.opened(1, route: nil), .data(1, [1]), .data(1, [2]), .data(1, [3]), .ended(1)])
    }

    @Test("cancels a call")
    func cancel() throws {
        let conversation = Conversation()
        let id = try #require(conversation.client { $0.startRequest(headers: Self.request("/stream")) })
        conversation.run()
        conversation.client { $0.reset(id, .cancel) }
        conversation.run()
        #expect(conversation.serverSees.last == .closed(id, .cancel))
        #expect(conversation.clientSees.last == .closed(id, .cancel))
    }

    @Test("writes a body before its headers have left")
    func bodyBeforeHeaders() throws {
        let server = try Peer(ofClientWith: HTTP2Settings())
        let id = try #require(server.app { $0.startRequest(headers: Self.request("/unary")) })
        #expect(server.write(id, [1, 2, 3]) == .accepted)
        #expect(server.app { $0.endBody(of: id) } == .accepted)
        let frames = try server.received()
        #expect(frames.count == 2)
        #expect(frames.last == .data(1, [1, 2, 3], endStream: true))
    }

    @Test("skips informational responses, and keeps the final one apart from the trailers")
    func informational() throws {
        let server = try Peer(ofClientWith: HTTP2Settings())
        _ = server.app { $0.startRequest(headers: Self.request("/unary")) }
        _ = try server.received()
        server.send(.headers(1, .init([Field(":status", "103"), Field("link", "x")])))
        server.send(.headers(1, .init([Field(":status", "100")])))
        server.sees()
        server.send(.headers(1, .init(Peer.headFields)))
        server.sees(.opened(1, route: nil))
        #expect(server.fields[1] == Peer.headFields)
        server.send(.data(1, [1]), .headers(1, .init(Peer.okFields), .whole))
        server.sees(.data(1, [1]), .ended(1))
        #expect(server.fields[1] == Peer.okFields)
    }

    @Test("reports Trailers-Only as a response that ends at once")
    func trailersOnly() throws {
        let server = try Peer(ofClientWith: HTTP2Settings())
        let id = try #require(server.app { $0.startRequest(headers: Self.request("/unary")) })
        _ = server.app { $0.endBody(of: id) }
        _ = try server.received()
        server.send(.headers(1, .init(Peer.unavailableFields), .whole))
        server.sees(.opened(1, route: nil), .ended(1))
    }

    @Test("reports that a stream was refused, or lost after GOAWAY")
    func refused() throws {
        let server = try Peer(ofClientWith: HTTP2Settings())
        for _ in 0..<2 { _ = server.app { $0.startRequest(headers: Self.request("/unary")) } }
        _ = try server.received()
        server.send(.resetStream(1, .refusedStream), .goAway(last: 1, .noError))
        server.sees(.closed(1, .refusedStream), .goAway(last: 1, .noError), .closed(3, .refusedStream))
        let id = server.app { $0.startRequest(headers: Self.request("/unary")) }
        _ = try server.received()
        server.sees(.closed(id ?? 5, .refusedStream))
        #expect(server.openStreams == 0)
        #expect(server.isFinished)
    }

    @Test("ends a request that is not sent when GOAWAY comes, and those that the server has not processed")
    func goAway() throws {
        let peer = try Peer(ofClientWith: HTTP2Settings())
        let requests = (0..<3).map { _ in peer.app { $0.startRequest(headers: Self.request("/unary")) } }
        #expect(requests == [1, 3, 5])
        _ = try peer.received()
        // The last one is still with nghttp2.
        #expect(peer.app { $0.startRequest(headers: Self.request("/unary")) } == 7)
        peer.send(.goAway(last: 3, .noError))
        _ = try peer.received()
        let closed: [SeenEvent] = [.closed(5, .refusedStream), .closed(7, .refusedStream)]
        let seen = peer.takeSeen()
        #expect(seen.filter { $0 != .goAway(last: 3, .noError) }.sorted { "\($0)" < "\($1)" } == closed)
        #expect(peer.app { $0.startRequest(headers: Self.request("/unary")) } == 9)
        _ = try peer.received()
        peer.sees(.closed(9, .refusedStream))
    }

    @Test("knows how many streams the server allows")
    func allowedStreams() throws {
        let peer = try Peer(ofClientWith: HTTP2Settings())
        #expect(peer.app { $0.allowedStreams } == Int(UInt32.max))
        peer.send(.settings(Setting(.maxConcurrentStreams, 7)))
        #expect(peer.app { $0.allowedStreams } == 7)
    }
}
