import CentrifugoProxy
import HTTP2FrameKit
import Testing

@Suite(.timeLimit(.minutes(1))) struct ConnectionLimitTests {
    private static func configuration(limit: Int, eventLoops: Int) -> ProxyServer.Configuration {
        var configuration = ProxyServer.Configuration.test(eventLoops: eventLoops)
        configuration.limits.maxConnections = limit
        return configuration
    }

    /// Hostile input: connection-limit.
    @Test("closes one connection too many, and takes new ones when others have gone", arguments: [1, 2])
    func limit(eventLoops: Int) async throws {
        let configuration = Self.configuration(limit: 3, eventLoops: eventLoops)
        try await TestServer.run(ProxyService(rpc: Commands()), configuration: configuration) { server in
            var open: [RawConnection] = []
            for _ in 0..<3 { open.append(try await server.connect()) }
            for _ in 0..<5 {
                let refused = try await server.connectSilently()
                #expect(try await refused.rest().isEmpty)
            }
            for connection in open { try await connection.stillServes() }
            #expect(server.log.lines().map(\.message).count { $0.contains("maxConnections") } == 1)
            await open[0].close()
            // The server notices the end some time later.
            try await server.servesAnother()
        }
    }

    /// Hostile input: connections-churned.
    @Test("forgets connections that have gone")
    func churn() async throws {
        let configuration = Self.configuration(limit: 20, eventLoops: 1)
        try await TestServer.run(ProxyService(rpc: Commands()), configuration: configuration) { server in
            let witness = try await server.connect()
            for round in 0..<500 {
                let connection = try await server.connectSilently()
                if round.isMultiple(of: 2) { connection.send(bytes: Frame.preface) }
                await connection.close()
                try await witness.roundTrip()
            }
            try await witness.stillServes()
            try await (try await server.connect()).stillServes()
        }
    }
}
