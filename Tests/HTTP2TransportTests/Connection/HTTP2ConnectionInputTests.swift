import HTTP2FrameKit
import NIOCore
import NIOEmbedded
import Testing

@testable import HTTP2Transport

/// How much a connection takes from its socket before others have their turn.
@Suite struct HTTP2ConnectionInputTests {
    /// Requests of a thousand bytes each, after the connection's preface.
    static func requests(_ count: Int) -> ByteBuffer {
        var bytes = Frame.preface + Frame.settings().bytes
        for id in 0..<UInt32(count) {
            let block: [HeaderRepresentation] = [
                .literal(":method", "POST"), .literal(":scheme", "http"), .literal(":path", "/r"),
                .literal(":authority", "a"),
            ]
            bytes += Frame.headers(2 * id + 1, block).bytes
            bytes += Frame.data(2 * id + 1, [UInt8](repeating: 0, count: 900), .endStream).bytes
        }
        return ByteBuffer(bytes: bytes)
    }

    @Test("handles a large read in portions, and reads no more until it is done")
    func portions() throws {
        let connection = try EmbeddedConnection()
        let before = connection.reads.count
        try connection.channel.writeInbound(Self.requests(60))
        var seen = [connection.delegate.count]
        connection.channel.read()
        #expect(connection.reads.count == before)
        for _ in 0..<30 {
            connection.run()
            if seen.last != connection.delegate.count { seen.append(connection.delegate.count) }
        }
        #expect(seen.count == 4)
        #expect(seen.first ?? 60 < 20)
        #expect(seen.last == 60)
        #expect(connection.reads.count > before)
        _ = try connection.channel.finish(acceptAlreadyClosed: true)
    }

    @Test("handles an ordinary read at once")
    func atOnce() throws {
        let connection = try EmbeddedConnection()
        try connection.channel.writeInbound(Self.requests(10))
        #expect(connection.delegate.count == 10)
        _ = try connection.channel.finish(acceptAlreadyClosed: true)
    }

    @Test("keeps the order of what arrives after a waiting portion")
    func order() throws {
        let connection = try EmbeddedConnection()
        var first = Self.requests(60)
        let rest = first.readSlice(length: 40_000).map { (head: $0, tail: first) }
        try connection.channel.writeInbound(try #require(rest?.head))
        try connection.channel.writeInbound(try #require(rest?.tail))
        for _ in 0..<30 { connection.run() }
        #expect(connection.delegate.count == 60)
        _ = try connection.channel.finish(acceptAlreadyClosed: true)
    }

    @Test("releases waiting bytes when the peer is gone")
    func gone() throws {
        let connection = try EmbeddedConnection()
        try connection.channel.writeInbound(Self.requests(60))
        let taken = connection.delegate.count
        _ = try connection.channel.finish(acceptAlreadyClosed: true)
        #expect(connection.delegate.count == taken)
    }

    @Test("handles in the tick what one of several connections has read, once or repeatedly")
    func inTheTick() throws {
        let connection = try EmbeddedConnection(turn: .max)
        let requests = Self.requests(60)
        let head = try #require(requests.getSlice(at: 0, length: 40_000))
        let rest = try #require(requests.getSlice(at: 40_000, length: requests.readableBytes - 40_000))
        try connection.withCompany { _ in
            try connection.channel.writeInbound(head)
            #expect(connection.delegate.count == 0)
            try connection.channel.writeInbound(rest)
            #expect(connection.delegate.count == 0)
            connection.run()
            #expect(connection.delegate.count == 60)
        }
        _ = try connection.channel.finish(acceptAlreadyClosed: true)
    }

    @Test("handles the last read of one of several connections before it ends")
    func lastWords() throws {
        let connection = try EmbeddedConnection(turn: .max)
        try connection.withCompany { _ in
            try connection.channel.writeInbound(Self.requests(10))
            #expect(connection.delegate.count == 0)
            _ = try connection.channel.finish(acceptAlreadyClosed: true)
            #expect(connection.delegate.countAtEnd == 10)
        }
        connection.run()
        #expect(connection.delegate.count == 10)
    }

    @Test("answers what its only connection sends without a task of the event loop", arguments: [false, true])
    func alone(hasCompany: Bool) throws {
        let connection = try EmbeddedConnection(turn: .max)
        let other = hasCompany ? HTTP2Connection(table: connection.table, overTLS: true) : nil
        if let other { connection.table.add(other) }
        connection.run()
        while try connection.channel.readOutbound(as: ByteBuffer.self) != nil {}
        try connection.channel.writeInbound(ByteBuffer(bytes: Frame.preface + Frame.settings().bytes))
        let answer = try connection.channel.readOutbound(as: ByteBuffer.self)
        #expect((answer == nil) == hasCompany)
        connection.run()
        let later = try connection.channel.readOutbound(as: ByteBuffer.self)
        #expect((later == nil) != hasCompany)
        if let other { connection.table.remove(other) }
        _ = try connection.channel.finish(acceptAlreadyClosed: true)
    }
}
