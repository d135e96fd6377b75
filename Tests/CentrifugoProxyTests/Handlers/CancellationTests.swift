import CentrifugoProxy
import HTTP2FrameKit
import Testing

/// Calls that the peer gives up.
@Suite(.timeLimit(.minutes(1))) struct CancellationTests {
    private static func run(
        _ executor: ProxyServer.Executor,
        maxAbandonedCalls: Int = 1_000,
        _ body: (Commands, TestServer, RawConnection) async throws -> Void
    ) async throws {
        var configuration = ProxyServer.Configuration.test(executor)
        configuration.limits.maxAbandonedCalls = maxAbandonedCalls
        let commands = Commands()
        try await TestServer.run(ProxyService(rpc: commands), configuration: configuration) { server in
            try await body(commands, server, try await server.connect())
        }
    }

    @discardableResult
    private static func start(_ method: String, _ name: Int, on connection: RawConnection) -> UInt32 {
        connection.start(.rpc, RPCRequest(method: method, data: [UInt8]("\(name)".utf8)))
    }

    @Test("cancels the handler's task at RST_STREAM, and no other's", arguments: ProxyServer.Executor.all)
    func reset(executor: ProxyServer.Executor) async throws {
        try await Self.run(executor) { commands, _, connection in
            var ids: [UInt32] = []
            for number in 0..<5 {
                ids.append(Self.start("hold", number, on: connection))
                #expect(await commands.events.next() == .began("\(number)"))
            }
            for number in [2, 0, 4] {
                connection.send(.resetStream(ids[number], .cancel))
                #expect(await commands.events.next() == .cancelled("\(number)"))
            }
            try await connection.stillServes()
            commands.gate.open()
            for number in [1, 3] {
                let response: RPCResponse = try await connection.answer(to: ids[number]).message()
                #expect(response.result?.data.text == "\(number)")
            }
            #expect(connection.history.allSatisfy { ![ids[0], ids[2], ids[4]].contains($0.streamID) })
        }
    }

    @Test("never starts a call that is reset in the portion that brings it")
    func resetAtOnce() async throws {
        try await Self.run(.eventLoop) { _, _, connection async throws in
            let id = connection.newStreamID()
            let body = lengthPrefixed(RPCRequest(method: "echo").wireBytes())
            connection.send(
                .headers(id, RawConnection.head(ProxyEvent.rpc.path)),
                .data(id, body, .endStream),
                .resetStream(id, .cancel)
            )
            #expect(try await connection.rpc("count").result?.data.text == "1")
        }
    }

    /// Hostile input: half-open-request.
    @Test("forgets a request that is reset before its message came")
    func resetEarly() async throws {
        try await Self.run(.eventLoop) { _, _, connection in
            // On a slow machine a short deadline may pass before the reset arrives, which proves nothing.
            for timeout in ["50m", "200m", "1S", "5S"] {
                let id = connection.newStreamID()
                let head = RawConnection.head(ProxyEvent.rpc.path, changes: ["grpc-timeout": timeout])
                try await connection.sendApart([.headers(id, head)], [.resetStream(id, .cancel)])
                try await connection.roundTrip()
                if connection.history.contains(where: { $0.streamID == id }) { continue }
                // A deadline that was armed later passes; the forgotten one has not answered by then.
                let later = connection.start(.rpc, RPCRequest(method: "hold"), changes: ["grpc-timeout": timeout])
                #expect(try await connection.answer(to: later).grpcStatus == "4")
                #expect(connection.history.allSatisfy { $0.streamID != id })
                return try await connection.stillServes()
            }
            Issue.record("the machine is too slow to see anything")
        }
    }

    @Test("cancels all calls of a connection that is lost, and those of no other", arguments: ProxyServer.Executor.all)
    func lostConnection(executor: ProxyServer.Executor) async throws {
        try await Self.run(executor) { commands, server, connection in
            let other = try await server.connect()
            let kept = Self.start("hold", -1, on: other)
            #expect(await commands.events.next() == .began("-1"))
            for number in 0..<20 {
                Self.start("hold", number, on: connection)
                #expect(await commands.events.next() == .began("\(number)"))
            }
            await connection.close()
            var cancelled: Set<String> = []
            for _ in 0..<20 {
                if case .cancelled(let name)? = await commands.events.next() { cancelled.insert(name) }
            }
            #expect(cancelled == Set((0..<20).map { "\($0)" }))
            commands.gate.open()
            let response: RPCResponse = try await other.answer(to: kept).message()
            #expect(response.result?.data.text == "-1")
        }
    }

    @Test("lets nothing of an abandoned call reach a later one in its place", arguments: ProxyServer.Executor.all)
    func slotReuse(executor: ProxyServer.Executor) async throws {
        try await Self.run(executor) { commands, _, connection in
            let old = Self.start("linger", 1, on: connection)
            #expect(await commands.events.next() == .began("1"))
            connection.send(.resetStream(old, .cancel))
            try await connection.roundTrip()
            let new = Self.start("linger", 2, on: connection)
            #expect(await commands.events.next() == .began("2"))
            commands.gate.open()
            let response: RPCResponse = try await connection.answer(to: new).message()
            #expect(response.result?.data.text == "2")
            #expect(connection.history.allSatisfy { $0.streamID != old })
            try await connection.stillServes()
        }
    }

    /// Hostile input: abandoned-handlers.
    @Test("refuses streams while too many handlers run for streams that are gone", arguments: ProxyServer.Executor.all)
    func abandoned(executor: ProxyServer.Executor) async throws {
        try await Self.run(executor, maxAbandonedCalls: 3) { commands, server, connection in
            for number in 0..<3 {
                let id = Self.start("linger", number, on: connection)
                #expect(await commands.events.next() == .began("\(number)"))
                try await connection.stillServes()
                connection.send(.resetStream(id, .cancel))
            }
            let refused = connection.start(.rpc, RPCRequest(method: "echo"))
            let answer = try await connection.answer(to: refused)
            #expect(answer.reset == .refusedStream && answer.headers.isEmpty)
            // Another connection is not affected.
            try await (try await server.connect()).stillServes()

            commands.gate.open()
            for _ in 0..<3 { _ = await commands.events.next() }
            // The handlers have ended, but their ends may still be on their way to the loop.
            while true {
                let answer = try await connection.answer(to: connection.start(.rpc, RPCRequest(method: "echo")))
                if answer.grpcStatus == "0" { break }
                #expect(answer.reset == .refusedStream)
            }
            try await connection.stillServes()
        }
    }

    /// Hostile input: old-stream-resets.
    @Test("tolerates hundreds of resets of old streams", arguments: ProxyServer.Executor.all)
    func manyResets(executor: ProxyServer.Executor) async throws {
        try await Self.run(executor) { commands, _, connection in
            let ids = (0..<500).map { Self.start("hold", $0, on: connection) }
            for _ in ids { _ = await commands.events.next() }
            connection.send(ids.map { .resetStream($0, .cancel) })
            var cancelled = 0
            while cancelled < ids.count, case .cancelled? = await commands.events.next() { cancelled += 1 }
            #expect(cancelled == ids.count)
            try await connection.stillServes()
        }
    }
}
