import HTTP2FrameKit
import HTTP2Framing
import NIOCore
import NIOEmbedded
import Testing

@testable import HTTP2Transport

/// Requests that take long to decode, on connections that share a loop with others.
@Suite struct HTTP2ConnectionTurnTests {
    /// Requests of so many bytes, each with its number, on streams from `first` on.
    private static func requests(_ count: Int, length: Int = 500, first: UInt32 = 0) -> ByteBuffer {
        var bytes: [UInt8] = first == 0 ? Frame.preface + Frame.settings().bytes : []
        let block: [HeaderRepresentation] = [
            .literal(":method", "POST"), .literal(":scheme", "http"), .literal(":path", "/r"),
            .literal(":authority", "a"),
        ]
        for number in first..<first + UInt32(count) {
            let body = [UInt8](repeating: UInt8(truncatingIfNeeded: number), count: length)
            bytes += Frame.headers(2 * number + 1, block).bytes + Frame.data(2 * number + 1, body, .endStream).bytes
        }
        return ByteBuffer(bytes: bytes)
    }

    @Test("handles requests one by one when each uses up the turn, in their order and with their bytes")
    func oneByOne() throws {
        let connection = try EmbeddedConnection()
        connection.delegate.workPerRequest = 10_000
        let before = connection.reads.count
        try connection.channel.writeInbound(Self.requests(12))
        #expect(connection.delegate.count == 1)
        connection.channel.read()
        // What waits is not joined by more.
        #expect(connection.reads.count == before)
        var seen = [1]
        for _ in 0..<40 {
            connection.run()
            if seen.last != connection.delegate.count { seen.append(connection.delegate.count) }
        }
        #expect(seen == Array(1...12))
        #expect(connection.delegate.bodies == (0..<12).map { [UInt8](repeating: $0, count: 500) })
        #expect(connection.reads.count > before)
        _ = try connection.channel.finish(acceptAlreadyClosed: true)
    }

    @Test("answers some requests while others of the same read wait")
    func answers() throws {
        let connection = try EmbeddedConnection()
        connection.delegate.workPerRequest = 10_000
        connection.delegate.answers = true
        try connection.channel.writeInbound(Self.requests(5))
        for _ in 0..<40 { connection.run() }
        #expect(connection.delegate.bodies == (0..<5).map { [UInt8](repeating: $0, count: 500) })
        var written = 0
        while let buffer = try connection.channel.readOutbound(as: ByteBuffer.self) { written += buffer.readableBytes }
        // Five answers of at least one frame each, in addition to the frames of every connection.
        #expect(written > 5 * 9 && connection.delegate.last?.connection.session.openStreams == 0)
        _ = try connection.channel.finish(acceptAlreadyClosed: true)
    }

    @Test("handles later input after waiting input")
    func order() throws {
        let connection = try EmbeddedConnection()
        connection.delegate.workPerRequest = 10_000
        try connection.channel.writeInbound(Self.requests(4))
        try connection.channel.writeInbound(Self.requests(4, first: 4))
        for _ in 0..<40 { connection.run() }
        #expect(connection.delegate.bodies.map(\.first) == Array(0..<8))
        _ = try connection.channel.finish(acceptAlreadyClosed: true)
    }

    @Test("makes another connection's input wait for the next tick when the turn is over, and reads nothing meanwhile")
    func company() throws {
        let connection = try EmbeddedConnection()
        connection.delegate.workPerRequest = 10_000
        try connection.withCompany { _ in
            try connection.channel.writeInbound(Self.requests(3))
            #expect(connection.delegate.count == 0)
            // As if others had used up the turn.
            connection.connection.isInputLate = true
            let before = connection.reads.count
            connection.channel.read()
            try connection.channel.writeInbound(Self.requests(3, first: 3))
            #expect(connection.reads.count == before && connection.delegate.count == 0)
            for _ in 0..<40 { connection.run() }
            #expect(connection.delegate.bodies.map(\.first) == Array(0..<6))
            #expect(connection.reads.count > before)
        }
        _ = try connection.channel.finish(acceptAlreadyClosed: true)
    }

    @Test("stops when the peer is gone in the middle")
    func gone() throws {
        let connection = try EmbeddedConnection()
        connection.delegate.workPerRequest = 10_000
        try connection.channel.writeInbound(Self.requests(4))
        _ = try connection.channel.finish(acceptAlreadyClosed: true)
        for _ in 0..<10 { connection.run() }
        #expect(connection.delegate.countAtEnd == 1 && connection.delegate.count == 1)
    }
}
