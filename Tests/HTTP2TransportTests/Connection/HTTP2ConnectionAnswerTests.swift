import HTTP2FrameKit
import HTTP2Framing
import NIOCore
import NIOEmbedded
import Testing

@testable import HTTP2Transport

/// When an answer is written.
@Suite struct HTTP2ConnectionAnswerTests {
    private static let answer = HeaderFields(fixed: [(":status", "200"), ("grpc-status", "5")])

    /// Lets a connection read this many requests, answers the last one after `other`, and counts the written bytes.
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

    @Test("yields the loop between two writes of a large answer, however fast the peer reads")
    func largeAnswer() throws {
        let connection = try EmbeddedConnection()
        try connection.channel.pipeline.syncOperations.addHandler(FastReader(), position: .first)
        var input = HTTP2ConnectionInputTests.requests(1)
        input.writeBytes(Frame.settings(Setting(.initialWindowSize, 1 << 30)).bytes)
        input.writeBytes(Frame.windowUpdate(0, 1 << 30).bytes)
        try connection.channel.writeInbound(input)
        connection.run()
        _ = try Self.bytes(of: connection)
        let (stream, http2) = try #require(connection.delegate.last)
        let body = [UInt8](repeating: 1, count: 1_000_000)
        body.withUnsafeBytes { http2.respond(to: stream, headers: Self.answer, body: $0, trailers: HeaderFields()) }
        var writes: [Int] = []
        for _ in 0..<1_000 where writes.reduce(0, +) < body.count {
            connection.run()
            let count = try Self.bytes(of: connection)
            if count > 0 { writes.append(count) }
        }
        #expect(writes.reduce(0, +) > body.count)
        #expect(writes.count > 3)
        // A waiting write keeps the connection alive, and is dropped once the channel is finished.
        connection.run(.milliseconds(1))
        _ = try connection.channel.finish(acceptAlreadyClosed: true)
    }

    /// A peer that reads everything that is flushed, and a channel that holds at most one write.
    private final class FastReader: ChannelOutboundHandler {
        typealias OutboundIn = ByteBuffer

        func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
            (context.channel as? EmbeddedChannel)?.isWritable = false
            context.write(data, promise: promise)
        }

        func flush(context: ChannelHandlerContext) {
            context.flush()
            (context.channel as? EmbeddedChannel)?.isWritable = true
            context.pipeline.fireChannelWritabilityChanged()
        }
    }
}
