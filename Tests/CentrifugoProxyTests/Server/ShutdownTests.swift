import CentrifugoProxy
import HTTP2FrameKit
import Testing

/// The end of a server.
///
/// `TestServer.run` returns only when the server's `run()` has returned.
@Suite(.timeLimit(.minutes(1))) struct ShutdownTests {
    private static func isGoAway(_ frame: ReceivedFrame) -> Bool {
        if case .goAway = frame { true } else { false }
    }

    private static func configuration(_ executor: ProxyServer.Executor, grace: Duration) -> ProxyServer.Configuration {
        var configuration = ProxyServer.Configuration.test(executor)
        configuration.limits.gracePeriod = grace
        return configuration
    }

    /// Hostile input: sigterm.
    @Test("sends GOAWAY twice, finishes open calls and closes", arguments: ProxyServer.Executor.all)
    func graceful(executor: ProxyServer.Executor) async throws {
        let commands = Commands()
        let configuration = Self.configuration(executor, grace: .seconds(3_600))
        try await TestServer.run(ProxyService(rpc: commands), configuration: configuration) { server in
            let connection = try await server.connect()
            let id = connection.start(.rpc, RPCRequest(method: "hold", data: [0x31]))
            #expect(await commands.events.next() == .began("1"))
            await server.shutDown()
            // RFC 9113 §6.8: the first one has the highest possible identifier, so that no stream is lost.
            #expect(try await connection.expect(Self.isGoAway) == .goAway(last: 0x7FFF_FFFF, .noError))
            guard case .ping(let opaque) = try await connection.expect({ if case .ping = $0 { true } else { false } })
            else { return }
            // Opened before the notice was read: it is still served.
            try await connection.stillServes()
            connection.send(.ping(opaque, .ack))
            #expect(try await connection.expect(Self.isGoAway) == .goAway(last: 3, .noError))
            commands.gate.open()
            let response: RPCResponse = try await connection.answer(to: id).message()
            #expect(response.result?.data.text == "1")
            #expect(try await connection.rest().allSatisfy { $0.streamID == 0 })
        }
    }

    /// Hostile input: sigterm, wrong-ping-answers.
    @Test("does not confuse another PING's answer with that of the shutdown")
    func keepaliveOutstanding() async throws {
        var configuration = Self.configuration(.eventLoop, grace: .seconds(3_600))
        configuration.limits.keepaliveInterval = .milliseconds(50)
        configuration.limits.keepaliveTimeout = .seconds(3_600)
        try await TestServer.run(ProxyService(rpc: Commands()), configuration: configuration) { server in
            let connection = try await server.connect()
            let isPing: (ReceivedFrame) -> Bool = { if case .ping = $0 { true } else { false } }
            guard case .ping(let early) = try await connection.expect(isPing) else { return }
            await server.shutDown()
            _ = try await connection.expect(Self.isGoAway)
            // Not before the GOAWAY: the PING asks whether that has arrived.
            guard case .ping(let opaque)? = try await connection.next() else { return }
            #expect(early != opaque)
            connection.send(.ping(early, .ack), .ping([8, 7, 6, 5, 4, 3, 2, 1], .ack))
            try await connection.stillServes()
            connection.send(.ping(opaque, .ack))
            #expect(try await connection.expect(Self.isGoAway) == .goAway(last: 1, .noError))
            _ = try await connection.rest()
        }
    }

    @Test("closes idle and silent connections, and returns")
    func idle() async throws {
        let configuration = Self.configuration(.eventLoop, grace: .milliseconds(50))
        try await TestServer.run(ProxyService(), configuration: configuration) { server in
            let idle = try await server.connect()
            let silent = try await server.connectSilently()
            await server.shutDown()
            #expect(try await idle.rest().contains(where: Self.isGoAway))
            _ = try await silent.rest()
        }
    }

    /// Hostile input: grace-period-over.
    @Test("ends calls that are not done when the grace period is over", arguments: ProxyServer.Executor.all)
    func graceOver(executor: ProxyServer.Executor) async throws {
        let commands = Commands()
        let configuration = Self.configuration(executor, grace: .milliseconds(50))
        try await TestServer.run(ProxyService(rpc: commands), configuration: configuration) { server in
            let connection = try await server.connect()
            let id = connection.start(.rpc, RPCRequest(method: "hold", data: [0x31]))
            #expect(await commands.events.next() == .began("1"))
            await server.shutDown()
            let rest = try await connection.rest()
            #expect(rest.allSatisfy { $0.streamID != id || $0.endsStream })
            #expect(await commands.events.next() == .cancelled("1"))
        }
    }

    /// Hostile input: grace-period-over, unread-socket.
    @Test("returns when the grace period is over although a peer reads nothing")
    func unread() async throws {
        let configuration = Self.configuration(.eventLoop, grace: .milliseconds(50))
        try await TestServer.run(ProxyService(rpc: Commands()), configuration: configuration) { server in
            let connection = try await server.connect()
            try await connection.stopReading()
            // More than the sockets' buffers hold.
            for _ in 0..<8 { connection.start(.rpc, RPCRequest(method: "large", data: [UInt8]("4000000".utf8))) }
            // Served after them, on the same loop: the answers are on their way.
            try await (try await server.connect()).stillServes()
            await server.shutDown()
            await server.hasReturned()
        }
    }

    @Test("sends all of a large answer that a slow peer has not read when the shutdown begins")
    func slowReader() async throws {
        let commands = Commands()
        let configuration = Self.configuration(.eventLoop, grace: .seconds(3_600))
        try await TestServer.run(ProxyService(rpc: commands), configuration: configuration) { server in
            let connection = try await server.connect()
            let size = 4_000_000
            let id = connection.start(.rpc, RPCRequest(method: "large", data: [UInt8]("\(size)".utf8)))
            await server.shutDown()
            guard case .ping(let opaque) = try await connection.expect({ if case .ping = $0 { true } else { false } })
            else { return }
            connection.send(.ping(opaque, .ack))
            let response: RPCResponse = try await connection.answer(to: id).message()
            #expect(response.result?.data.bytes.count == size + 2)
            _ = try await connection.rest()
        }
    }

    /// Hostile input: port-in-use.
    @Test("says in one sentence that the port is in use")
    func portInUse() async throws {
        try await TestServer.run(ProxyService()) { server in
            let second = ProxyServer(
                ProxyService(),
                configuration: .init(port: server.port),
                logger: LogRecorder().logger
            )
            let error = await #expect(throws: ProxyServerError.self) { try await second.run() }
            #expect(error?.code == .addressInUse)
            let sentence = "Cannot listen on 127.0.0.1 port \(server.port): it is in use; "
            #expect(error?.description.hasPrefix(sentence) == true)
        }
    }

    /// Hostile input: port-in-use.
    @Test("says in one sentence that an address cannot be listened on")
    func badAddress() async throws {
        // TEST-NET-1 (RFC 5737) belongs to no machine.
        let server = ProxyServer(
            ProxyService(),
            configuration: .init(host: "192.0.2.1", port: 0),
            logger: LogRecorder().logger
        )
        let error = await #expect(throws: ProxyServerError.self) { try await server.run() }
        #expect(error?.code == .bindFailed)
        #expect(error?.description.hasPrefix("Cannot listen on 192.0.2.1 port 0: ") == true)
    }

    @Test("ends at once when it is cancelled")
    func cancelled() async throws {
        let configuration = Self.configuration(.eventLoop, grace: .seconds(3_600))
        let ports = Events<Int>()
        let commands = Commands()
        let server = ProxyServer(
            ProxyService(rpc: commands),
            configuration: configuration,
            logger: LogRecorder().logger,
            onListening: { for address in $0 { ports.tell(address.port ?? 0) } }
        )
        let running = Task { try await server.run() }
        let port = try #require(await ports.next())
        let connection = try await RawConnection(to: port)
        connection.start(.rpc, RPCRequest(method: "hold"))
        #expect(await commands.events.next() == .began(""))
        running.cancel()
        _ = try await connection.rest()
        try await running.value
    }
}
