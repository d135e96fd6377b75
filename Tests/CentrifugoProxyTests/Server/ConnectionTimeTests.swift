import CentrifugoProxy
import HTTP2FrameKit
import Testing

/// The times after which a connection ends; the one under test is milliseconds here, the others are hours.
@Suite(.timeLimit(.minutes(1))) struct ConnectionTimeTests {
    private static func run(
        _ limit: WritableKeyPath<ProxyServer.Limits, Duration>,
        _ time: Duration = .milliseconds(50),
        _ change: (inout ProxyServer.Limits) -> Void = { _ in },
        _ body: (Commands, TestServer) async throws -> Void
    ) async throws {
        var configuration = ProxyServer.Configuration.test()
        configuration.limits[keyPath: limit] = time
        change(&configuration.limits)
        let commands = Commands()
        try await TestServer.run(ProxyService(rpc: commands), configuration: configuration) { server in
            try await body(commands, server)
        }
    }

    /// A connection whose first bytes already contain a call, so that it never was without a stream.
    private static func connectHolding(_ server: TestServer) async throws -> (RawConnection, UInt32) {
        let connection = try await server.connectSilently()
        let id = connection.newStreamID()
        let body = lengthPrefixed(RPCRequest(method: "hold", data: [0x31]).wireBytes())
        let frames: [Frame] = [
            .settings(), .headers(id, RawConnection.head(ProxyEvent.rpc.path)), .data(id, body, .endStream),
        ]
        connection.send(bytes: Frame.preface + frames.flatMap(\.bytes))
        return (connection, id)
    }

    private static func isPing(_ frame: ReceivedFrame) -> Bool {
        if case .ping = frame { true } else { false }
    }

    /// Hostile input: silent-connection, slow-preface, half-open-request.
    @Test(
        "closes connections that do not finish the handshake",
        arguments: [
            [], Array(Frame.preface.prefix(10)), Frame.preface, Frame.preface + Frame.settings().bytes.prefix(5),
        ]
    )
    func handshake(bytes: [UInt8]) async throws {
        try await Self.run(\.handshakeTimeout, .milliseconds(500)) { _, server in
            let silent = try await server.connectSilently()
            silent.send(bytes: bytes)
            _ = try await silent.rest()
            try await server.servesAnother()
        }
    }

    /// Hostile input: idle-connection.
    @Test("drains connections without streams")
    func idle() async throws {
        try await Self.run(\.idleTimeout) { _, server in
            let connection = try await server.connect()
            #expect(try await connection.goAway() == .goAway(last: 0x7FFF_FFFF, .noError))
            try await connection.answerPing()
            #expect(try await connection.goAway() == .goAway(last: 0, .noError))
            _ = try await connection.rest()
        }
    }

    @Test("does not drain connections with a stream until it is over")
    func busy() async throws {
        try await Self.run(\.idleTimeout) { commands, server in
            let (connection, id) = try await Self.connectHolding(server)
            #expect(await commands.events.next() == .began("1"))
            // Idle for all the time that the first one is not.
            let other = try await server.connect()
            _ = try await other.goAway()
            #expect(!connection.history.contains { if case .goAway = $0 { true } else { false } })
            commands.gate.open()
            try await #expect(connection.answer(to: id).grpcStatus == "0")
            _ = try await connection.goAway()
        }
    }

    @Test("asks silent peers for a sign of life, again and again")
    func keepalive() async throws {
        try await Self.run(\.keepaliveInterval) { _, server in
            let connection = try await server.connect()
            for _ in 0..<3 { try await connection.answerPing() }
            try await connection.stillServes()
        }
    }

    /// Hostile input: dead-peer.
    @Test("closes connections whose peer gives no sign of life, and cancels their calls")
    func dead() async throws {
        try await Self.run(\.keepaliveInterval, .milliseconds(50), { $0.keepaliveTimeout = .milliseconds(50) }) {
            commands,
            server in
            let (connection, _) = try await Self.connectHolding(server)
            #expect(await commands.events.next() == .began("1"))
            #expect(try await connection.rest().contains(where: Self.isPing))
            #expect(await commands.events.next() == .cancelled("1"))
        }
    }

    /// Hostile input: unread-socket.
    @Test("closes connections whose peer reads nothing, and cancels their calls")
    func unread() async throws {
        try await Self.run(\.unreadTimeout) { commands, server in
            let connection = try await server.connect()
            try await connection.stopReading()
            connection.start(.rpc, RPCRequest(method: "hold", data: [0x31]))
            #expect(await commands.events.next() == .began("1"))
            // More than the sockets' buffers hold.
            for _ in 0..<8 { connection.start(.rpc, RPCRequest(method: "large", data: [UInt8]("4000000".utf8))) }
            #expect(await commands.events.next() == .cancelled("1"))
            try await (try await server.connect()).stillServes()
        }
    }

    /// Hostile input: half-open-request.
    @Test("ends calls whose message does not arrive, and keeps the connection")
    func halfOpenRequest() async throws {
        try await Self.run(\.requestTimeout) { _, server in
            let connection = try await server.connect()
            let id = connection.newStreamID()
            connection.send(.headers(id, RawConnection.head(ProxyEvent.rpc.path)), .data(id, [0, 0, 0]))
            try await #expect(connection.answer(to: id).grpcStatus == "4")
            try await connection.stillServes()
        }
    }

    @Test("ends all streams when a connection is old and its grace period is over")
    func ageGrace() async throws {
        let change: (inout ProxyServer.Limits) -> Void = { $0.maxConnectionAge = .seconds(3) }
        try await Self.run(\.gracePeriod, .milliseconds(50), change) { commands, server in
            let (connection, id) = try await Self.connectHolding(server)
            try await #expect(connection.answer(to: id).grpcStatus == "14")
            #expect(await commands.events.next() == .began("1"))
            #expect(await commands.events.next() == .cancelled("1"))
            _ = try await connection.rest()
        }
    }
}
