import HTTP2FrameKit
import HTTP2Framing
import NIOCore
import NIOEmbedded
import Testing

@testable import HTTP2Transport

/// When an answer is written.
@Suite struct HTTP2ConnectionAnswerTests {
    private static let answer = HeaderFields(fixed: [(":status", "200"), ("grpc-status", "5")])

    /// Has a connection read so many requests, answers the last one behind what `other` does, and counts the bytes that are
    /// written.
    private static func written(
        after requests: Int,
        in connection: EmbeddedConnection,
        behind other: () -> Void = {}
    ) throws -> (now: Int, later: Int) {
        try connection.channel.writeInbound(HTTP2ConnectionInputTests.requests(requests))
        connection.run()
        _ = try bytes(of: connection)
        let (stream, http2) = try #require(connection.delegate.last)
        other()
        http2.respond(to: stream, headersOnly: answer)
        http2.writeIfAlone()
        let now = try bytes(of: connection)
        connection.run()
        return (now, try bytes(of: connection))
    }

    private static func bytes(of connection: EmbeddedConnection) throws -> Int {
        var count = 0
        while let buffer = try connection.channel.readOutbound(as: ByteBuffer.self) { count += buffer.readableBytes }
        return count
    }

    @Test("writes an answer at once when no other can go with it, and only once")
    func atOnce() throws {
        let connection = try EmbeddedConnection(turn: .max)
        let (now, later) = try Self.written(after: 1, in: connection)
        #expect(now > 0)
        #expect(later == 0)
        _ = try connection.channel.finish(acceptAlreadyClosed: true)
    }

    @Test("keeps an answer for the end of the tick while another stream is open")
    func together() throws {
        let connection = try EmbeddedConnection(turn: .max)
        let (now, later) = try Self.written(after: 2, in: connection)
        #expect(now == 0)
        #expect(later > 0)
        _ = try connection.channel.finish(acceptAlreadyClosed: true)
    }

    @Test("keeps an answer for the end of the tick while another connection has something to write")
    func withOthers() throws {
        let connection = try EmbeddedConnection(turn: .max)
        try connection.withCompany { other in
            let (now, later) = try Self.written(after: 1, in: connection) { connection.table.loop.writeLater(other) }
            #expect(now == 0)
            #expect(later > 0)
        }
        _ = try connection.channel.finish(acceptAlreadyClosed: true)
    }
}
