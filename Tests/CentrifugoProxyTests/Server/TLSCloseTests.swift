import CentrifugoProxy
import HTTP2FrameKit
import NIOCore
import NIOSSL
import Testing

/// The end of TLS connections whose peers keep their own side open: they neither close it nor send close_notify.
///
/// `HTTP2ConnectionTLSCloseTests` checks how long each is waited for; there the test controls the time.
@Suite(.timeLimit(.minutes(1))) struct TLSCloseTests {
    /// Serves TLS, and without it on a second port, one connection at a time unless `change` says otherwise.
    private static func run(
        _ change: (inout ProxyServer.Limits) -> Void = { _ in },
        _ body: (TestServer, Commands, NIOSSLContext) async throws -> Void
    ) async throws {
        let certificates = try TestCertificates()
        let tls = try certificates.serverTLS()
        var configuration = ProxyServer.Configuration(
            listeners: [.tcp(port: 0, tls: tls), .tcp(port: 0)],
            eventLoops: 1
        )
        configuration.limits.handshakeTimeout = .seconds(60)
        configuration.limits.maxConnections = 1
        change(&configuration.limits)
        let commands = Commands()
        try await TestServer.run(ProxyService(rpc: commands), configuration: configuration) { server in
            try await body(server, commands, TLSTests.client(certificates))
        }
    }

    /// Waits until the server has released its only connection: another one, without TLS, takes its place.
    private static func isGone(from server: TestServer) async throws {
        let port = try #require(server.addresses.last?.port)
        while true {
            let next = server.adopt(try await RawConnection(silentTo: port))
            do {
                try await next.begin()
                return try await next.stillServes()
            } catch is ConnectionClosed {}
        }
    }

    /// Hostile input: close-notify-withheld.
    @Test("drains, and returns")
    func drain() async throws {
        try await Self.run { server, _, tls in
            let peer = try await server.connectStaying(tls: tls)
            try await peer.stillServes()
            await server.shutDown()
            #expect(try await peer.goAway() == .goAway(last: 0x7FFF_FFFF, .noError))
            try await peer.answerPing()
            #expect(try await peer.goAway() == .goAway(last: 1, .noError))
            await server.hasReturned()
            // Nothing of it is left in the system either: what still arrives is answered by a reset.
            peer.send(.ping())
            _ = try await peer.rest()
        }
    }

    /// Hostile input: grace-period-over, close-notify-withheld.
    @Test("ends calls when the grace period is over, and returns")
    func graceOver() async throws {
        try await Self.run({ $0.gracePeriod = .milliseconds(50) }) { server, commands, tls in
            let peer = try await server.connectStaying(tls: tls)
            let id = peer.start(.rpc, RPCRequest(method: "hold", data: [0x31]))
            #expect(await commands.events.next() == .began("1"))
            await server.shutDown()
            try await #expect(peer.answer(to: id).grpcStatus == "14")
            await server.hasReturned()
        }
    }

    /// Hostile input: grace-period-over, unread-socket, close-notify-withheld.
    @Test("returns when the grace period is over although a peer reads nothing")
    func graceOverUnread() async throws {
        try await Self.run({ $0.gracePeriod = .milliseconds(50) }) { server, commands, tls in
            let peer = try await server.connectStaying(tls: tls)
            peer.start(.rpc, RPCRequest(method: "hold", data: [0x31]))
            #expect(await commands.events.next() == .began("1"))
            try await peer.stopReading()
            // More than the sockets' buffers hold.
            for _ in 0..<4 { peer.start(.rpc, RPCRequest(method: "large", data: [UInt8]("4000000".utf8))) }
            await server.shutDown()
            await server.hasReturned()
        }
    }

    /// Hostile input: silent-connection, close-notify-withheld.
    @Test("closes connections that say nothing after TLS is negotiated")
    func handshake() async throws {
        try await Self.run({ $0.handshakeTimeout = .milliseconds(500) }) { server, _, tls in
            _ = try await server.connectStaying(tls: tls, silently: true)
            try await Self.isGone(from: server)
        }
    }

    /// Hostile input: dead-peer, close-notify-withheld.
    @Test("closes connections whose peer gives no sign of life")
    func dead() async throws {
        let change: (inout ProxyServer.Limits) -> Void = {
            $0.keepaliveInterval = .milliseconds(50)
            $0.keepaliveTimeout = .milliseconds(50)
        }
        try await Self.run(change) { server, commands, tls in
            let peer = try await server.connectStaying(tls: tls, silently: true)
            let body = lengthPrefixed(RPCRequest(method: "hold", data: [0x31]).wireBytes())
            // Everything that it ever sends.
            let frames: [Frame] = [
                .settings(), .headers(1, RawConnection.head(ProxyEvent.rpc.path)), .data(1, body, .endStream),
            ]
            peer.send(bytes: Frame.preface + frames.flatMap(\.bytes))
            #expect(await commands.events.next() == .began("1"))
            #expect(await commands.events.next() == .cancelled("1"))
        }
    }

    /// Hostile input: unread-socket, close-notify-withheld.
    @Test("closes connections whose peer reads nothing")
    func unread() async throws {
        try await Self.run({ $0.unreadTimeout = .milliseconds(50) }) { server, commands, tls in
            let peer = try await server.connectStaying(tls: tls)
            try await peer.stopReading()
            peer.start(.rpc, RPCRequest(method: "hold", data: [0x31]))
            #expect(await commands.events.next() == .began("1"))
            // More than the sockets' buffers hold.
            for _ in 0..<4 { peer.start(.rpc, RPCRequest(method: "large", data: [UInt8]("4000000".utf8))) }
            #expect(await commands.events.next() == .cancelled("1"))
            try await Self.isGone(from: server)
        }
    }

    /// Hostile input: idle-connection, close-notify-withheld.
    @Test("drains connections without streams")
    func idle() async throws {
        try await Self.run({ $0.idleTimeout = .milliseconds(50) }) { server, _, tls in
            let peer = try await server.connectStaying(tls: tls)
            _ = try await peer.goAway()
            try await peer.answerPing()
            #expect(try await peer.goAway() == .goAway(last: 0, .noError))
            try await Self.isGone(from: server)
        }
    }

    /// Hostile input: bad-tls-handshake, close-notify-withheld.
    @Test("disconnects peers that do not choose HTTP/2")
    func otherProtocol() async throws {
        try await Self.run { server, _, _ in
            var configuration = TLSConfiguration.makeClientConfiguration()
            configuration.certificateVerification = .none
            _ = try await server.connectStaying(tls: NIOSSLContext(configuration: configuration), silently: true)
            _ = await server.log.next()
            try await Self.isGone(from: server)
        }
    }

    /// Hostile input: connection-limit.
    @Test("refuses one connection too many at once")
    func oneTooMany() async throws {
        try await Self.run { server, _, tls in
            let open = try await server.connectStaying(tls: tls)
            await #expect(throws: (any Error).self) { try await server.connect(tls: tls).stillServes() }
            try await open.stillServes()
        }
    }
}

extension TestServer {
    /// A connection over TLS that keeps its own side open; with its first SETTINGS exchanged, unless `silently`.
    fileprivate func connectStaying(tls: NIOSSLContext, silently: Bool = false) async throws -> RawConnection {
        let address = try SocketAddress(ipAddress: "127.0.0.1", port: port)
        let connection = adopt(try await RawConnection(silentTo: address, tls: tls, staysOpen: true))
        if !silently { try await connection.begin() }
        return connection
    }
}
