import HTTP2FrameKit
import HTTP2Framing
import NIOCore
import NIOEmbedded
import Testing

@testable import HTTP2Transport

/// What a connection sends while it ends.
@Suite struct HTTP2ConnectionEndTests {
    /// A connection and its peer, which have exchanged their first SETTINGS.
    private final class Conversation {
        let connection: EmbeddedConnection
        let http2: HTTP2Connection
        private var reader = FrameReader()
        private var nextStreamID: UInt32 = 1

        init() throws {
            connection = try EmbeddedConnection(turn: .max)
            http2 = try connection.channel.pipeline.syncOperations.handler(type: HTTP2Connection.self)
            try send(bytes: Frame.preface + Frame.settings().bytes + Frame.settingsAck.bytes)
            _ = try received()
        }

        func send(_ frames: Frame...) throws {
            try send(bytes: frames.flatMap(\.bytes))
        }

        private func send(bytes: [UInt8]) throws {
            try connection.channel.writeInbound(ByteBuffer(bytes: bytes))
        }

        /// Sends a whole request, and makes sure that it is served.
        func isServed() throws -> Bool {
            let before = connection.delegate.count
            let block: [HeaderRepresentation] = [
                .literal(":method", "POST"), .literal(":scheme", "http"), .literal(":path", "/r"),
                .literal(":authority", "a"),
            ]
            try send(.headers(nextStreamID, block, [.endHeaders, .endStream]))
            nextStreamID += 2
            connection.run()
            return connection.delegate.count == before + 1
        }

        /// Everything that the connection sends.
        func received() throws -> [ReceivedFrame] {
            connection.run()
            while let bytes = try connection.channel.readOutbound(as: ByteBuffer.self) {
                reader.append(bytes.readableBytesView)
            }
            var frames: [ReceivedFrame] = []
            while let frame = try reader.next() { frames.append(frame) }
            return frames
        }

        /// Begins the shutdown, and returns the content of the PING after the notice.
        func shutDown() throws -> [UInt8] {
            http2.shutDown()
            let frames = try received()
            try #require(frames.count == 2, "\(frames)")
            #expect(frames[0] == .goAway(last: 0x7FFF_FFFF, .noError))
            guard case .ping(let opaque) = frames[1] else {
                throw Unexpected(frames: frames)
            }
            return opaque
        }

        deinit {
            connection.run(.seconds(20))
            _ = try? connection.channel.finish(acceptAlreadyClosed: true)
        }
    }

    private struct Unexpected: Error {
        let frames: [ReceivedFrame]
    }

    @Test("sends the PING of a shutdown after its notice, and serves what comes before the answer")
    func order() throws {
        let peer = try Conversation()
        let opaque = try peer.shutDown()
        #expect(try peer.isServed())
        #expect(try peer.received() == [])
        try peer.send(.ping(opaque, .ack))
        #expect(try peer.received() == [.goAway(last: 1, .noError)])
        #expect(try !peer.isServed())
    }

    /// Hostile input: wrong-ping-answers.
    @Test("does not confuse another PING's answer with that of the shutdown", arguments: [0, 1, 2])
    func otherAnswers(probes: Int) throws {
        let peer = try Conversation()
        for _ in 0..<probes { peer.http2.probe() }
        let asked = try peer.received()
        #expect(asked.count == probes)
        let opaque = try peer.shutDown()
        for case .ping(let early) in asked {
            #expect(early != opaque)
            try peer.send(.ping(early, .ack))
        }
        try peer.send(.ping([UInt8](repeating: 0, count: 8), .ack), .ping([8, 7, 6, 5, 4, 3, 2, 1], .ack))
        #expect(try peer.received() == [])
        #expect(try peer.isServed())
        try peer.send(.ping(opaque, .ack))
        #expect(try peer.received() == [.goAway(last: 1, .noError)])
    }

    /// Hostile input: wrong-ping-answers.
    @Test("ignores an answer that arrives before the question")
    func early() throws {
        let opaque = try Conversation().shutDown()
        let peer = try Conversation()
        try peer.send(.ping(opaque, .ack))
        #expect(try peer.received() == [])
        #expect(try peer.shutDown() == opaque)
        #expect(try peer.isServed())
        try peer.send(.ping(opaque, .ack))
        #expect(try peer.received() == [.goAway(last: 1, .noError)])
    }

    @Test("asks a peer that has sent GOAWAY itself, too, and waits for nothing else")
    func afterThePeers() throws {
        let peer = try Conversation()
        #expect(try peer.isServed())
        try peer.send(.goAway(last: 0, .noError))
        peer.http2.shutDown()
        let frames = try peer.received()
        guard case .ping(let opaque)? = frames.last else { throw Unexpected(frames: frames) }
        try peer.send(.ping(opaque, .ack))
        #expect(try peer.received() == [.goAway(last: 1, .noError)])
    }
}
