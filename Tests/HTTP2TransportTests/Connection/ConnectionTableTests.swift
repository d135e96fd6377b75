import HTTP2FrameKit
import NIOCore
import NIOEmbedded
import Testing

@testable import HTTP2Transport

@Suite struct ConnectionTableTests {
    /// Opens that many streams, and closes the connection.
    private static func run(streams: Int) throws -> EmbeddedConnection {
        let connection = try EmbeddedConnection()
        let block: [HeaderRepresentation] = [
            .literal(":method", "POST"), .literal(":scheme", "http"), .literal(":path", "/r"),
            .literal(":authority", "a"),
        ]
        var bytes = Frame.preface + Frame.settings().bytes
        for id in 0..<UInt32(streams) { bytes += Frame.headers(2 * id + 1, block).bytes }
        try connection.channel.writeInbound(ByteBuffer(bytes: bytes))
        connection.run(.milliseconds(100))
        connection.channel.close(promise: nil)
        return connection
    }

    @Test("releases no memory for a connection that held little")
    func little() throws {
        let connection = try Self.run(streams: 10)
        #expect(connection.table.unreleased >= 10_000)
        connection.run(.seconds(3))
        #expect(connection.table.unreleased >= 10_000)
    }

    @Test("releases memory some time after a connection that held much")
    func much() throws {
        let connection = try Self.run(streams: 2_000)
        #expect(connection.table.unreleased > 1_024 * 1_024)
        connection.run(.seconds(3))
        #expect(connection.table.unreleased == 0)
    }
}
