import HTTP2FrameKit
import HTTP2Framing
import NIOCore
import NIOEmbedded
import Testing

@testable import HTTP2Transport

/// The end of TLS connections whose peers keep their own side open, and do not send close_notify either.
///
/// The test controls the time, so that the connection's own limits end it and not those of TLS.
@Suite struct HTTP2ConnectionTLSCloseTests {
    // How long a connection that has sent everything waits for its peer.
    private static let patience = TimeAmount.seconds(1)
    // One turn of the event loop.
    private static let moment = TimeAmount.milliseconds(1)

    /// Lets almost all of `time` pass, then two more moments.
    private static func ends(_ connection: EmbeddedTLSConnection, after time: TimeAmount) throws {
        connection.run(time - moment)
        #expect(connection.server.isActive)
        connection.run(moment + moment)
        #expect(!connection.server.isActive)
        // The connection's place in its server is free again.
        #expect(!connection.table.isSingle)
    }

    @Test("closes at the handshake's limit before TLS is negotiated", arguments: [0, 1, 60])
    func halfNegotiated(length: Int) throws {
        let connection = try EmbeddedTLSConnection { $0.handshakeTimeout = .seconds(2) }
        // The beginning of a ClientHello (RFC 8446 §5.1).
        let hello = [0x16, 0x03, 0x01, 0x02, 0x00] + [UInt8](repeating: 1, count: 55)
        if length > 0 { try connection.server.writeInbound(ByteBuffer(bytes: hello.prefix(length))) }
        try Self.ends(connection, after: .seconds(2))
    }

    @Test("closes at the handshake's limit when TLS is negotiated and the peer sends no HTTP/2")
    func silent() throws {
        let connection = try EmbeddedTLSConnection { $0.handshakeTimeout = .seconds(2) }
        try connection.exchange()
        try Self.ends(connection, after: .seconds(2))
    }

    @Test("closes when the peer does not answer a PING in its time")
    func dead() throws {
        let connection = try EmbeddedTLSConnection {
            $0.keepaliveInterval = .seconds(300)
            $0.keepaliveTimeout = .seconds(200)
            $0.idleTimeout = .seconds(300_000_000)
        }
        try connection.begin()
        // The system's clock measures the time of the peer's bytes.
        connection.server.embeddedEventLoop.advanceTime(to: .now())
        connection.run(.seconds(300))
        #expect(connection.server.isActive)
        try connection.carryToClient()
        #expect(try connection.received() == [.ping([UInt8](repeating: 0, count: 8))])
        connection.run(.seconds(200))
        #expect(!connection.server.isActive)
    }

    @Test("closes when the peer has left bytes unread for too long")
    func unread() throws {
        let connection = try EmbeddedTLSConnection { $0.unreadTimeout = .seconds(2) }
        try connection.begin()
        connection.server.isWritable = false
        connection.server.pipeline.fireChannelWritabilityChanged()
        try Self.ends(connection, after: .seconds(2))
    }

    @Test("closes a drained connection when the peer has had its time to close")
    func drained() throws {
        let connection = try EmbeddedTLSConnection()
        try connection.begin()
        connection.http2.shutDown()
        try connection.exchange()
        for case .ping(let opaque) in try connection.received() {
            try connection.client.writeOutbound(ByteBuffer(bytes: Frame.ping(opaque, .ack).bytes))
        }
        while let bytes = try connection.client.readOutbound(as: ByteBuffer.self) {
            try connection.server.writeInbound(bytes)
        }
        connection.run(.zero)
        #expect(connection.output.isClosed)
        try Self.ends(connection, after: Self.patience)
    }

    @Test("closes the rest at the end of the grace period, and then waits for the peer as long")
    func graceOver() throws {
        let connection = try EmbeddedTLSConnection()
        try connection.begin()
        try connection.request(1)
        #expect(connection.delegate.count == 1)
        connection.http2.shutDown()
        connection.http2.endNow()
        #expect(connection.output.isClosed)
        try Self.ends(connection, after: Self.patience)
    }

    @Test("closes the rest at the end of the grace period although the peer reads nothing")
    func graceOverUnread() throws {
        let connection = try EmbeddedTLSConnection()
        try connection.begin()
        try connection.request(1)
        connection.server.isWritable = false
        connection.http2.endNow()
        #expect(!connection.output.isClosed)
        try Self.ends(connection, after: Self.patience)
    }

    @Test(
        "disconnects peers that choose another protocol, without waiting for them",
        arguments: [[], ["http/1.1"]]
    )
    func otherProtocol(protocols: [String]) throws {
        let connection = try EmbeddedTLSConnection(protocols: protocols)
        // More turns than the handshake takes; none of them reports the peer's end.
        for _ in 0..<10 where !connection.output.isClosed {
            while let bytes = try connection.client.readOutbound(as: ByteBuffer.self) {
                try connection.server.writeInbound(bytes)
            }
            guard !connection.output.isClosed else { break }
            try connection.carryToClient()
        }
        #expect(connection.output.isClosed)
        try Self.ends(connection, after: Self.patience)
    }

    @Test("closes at once when the handshake fails")
    func handshakeFails() throws {
        let connection = try EmbeddedTLSConnection()
        // A record that holds no ClientHello.
        _ = try? connection.server.writeInbound(ByteBuffer(bytes: [0x16, 3, 1, 0, 4, 9, 0, 0, 0]))
        #expect(!connection.server.isActive)
    }

    @Test("closes at once if the peer does not speak TLS")
    func foreign() throws {
        let connection = try EmbeddedTLSConnection()
        try connection.server.writeInbound(ByteBuffer(string: "GET / HTTP/1.1\r\n\r\n"))
        #expect(!connection.server.isActive)
    }

    @Test("lets the peer read its last answer and a clean end, and does not wait when the peer closes, too")
    func clean() throws {
        let connection = try EmbeddedTLSConnection()
        try connection.begin()
        try connection.request(1)
        let (stream, http2) = try #require(connection.delegate.last)
        http2.shutDown()
        try connection.exchange()
        for case .ping(let opaque) in try connection.received() { try connection.send(Frame.ping(opaque, .ack).bytes) }
        #expect(try connection.received() == [.goAway(last: 1, .noError)])
        http2.respond(to: stream, headersOnly: HeaderFields(fixed: [(":status", "200"), ("grpc-status", "5")]))
        connection.run(.zero)
        #expect(connection.output.isClosed)
        try connection.carryToClient()
        let answer = ReceivedFrame.headers(1, [Field(":status", "200"), Field("grpc-status", "5")], endStream: true)
        #expect(try connection.received() == [answer])
        // Its TLS has closed without an error: close_notify has come. Its own goes out.
        #expect(!connection.client.isActive)
        #expect(connection.server.isActive)
        while let bytes = try connection.client.readOutbound(as: ByteBuffer.self) {
            try connection.server.writeInbound(bytes)
        }
        #expect(!connection.server.isActive)
    }

    @Test("sends close_notify, too, when a limit ends the connection")
    func lastWord() throws {
        let connection = try EmbeddedTLSConnection { $0.handshakeTimeout = .seconds(2) }
        try connection.exchange()
        connection.run(.seconds(2) + Self.moment)
        try connection.carryToClient()
        #expect(!connection.client.isActive)
    }

    @Test("starts a peer's time to close when everything has been sent, not before")
    func slowReader() throws {
        let connection = try EmbeddedTLSConnection { $0.unreadTimeout = .seconds(30) }
        try connection.begin()
        connection.output.isHeld = true
        connection.http2.endNowWhenIdle()
        #expect(connection.output.isClosed)
        connection.run(.seconds(20))
        #expect(connection.server.isActive)
        connection.output.release()
        try Self.ends(connection, after: Self.patience)
    }

    @Test("gives a peer that reads nothing no more time than any unread bytes have")
    func stuckReader() throws {
        let connection = try EmbeddedTLSConnection { $0.unreadTimeout = .seconds(30) }
        try connection.begin()
        connection.output.isHeld = true
        connection.http2.endNowWhenIdle()
        try Self.ends(connection, after: .seconds(30))
    }

    @Test("gives a peer that reads nothing no time beyond the grace period's end")
    func stuckAtGraceOver() throws {
        let connection = try EmbeddedTLSConnection { $0.unreadTimeout = .seconds(30) }
        try connection.begin()
        connection.output.isHeld = true
        connection.http2.endNowWhenIdle()
        connection.run(.seconds(5))
        connection.http2.endNow()
        try Self.ends(connection, after: Self.patience)
    }
}

extension HTTP2Connection {
    /// Ends a connection without open streams like a drain, when the peer has been notified.
    fileprivate func endNowWhenIdle() {
        shutDown()
        noticeHasArrived()
        writePending()
    }
}
