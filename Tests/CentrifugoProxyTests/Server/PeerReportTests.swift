import CentrifugoProxy
import HTTP2FrameKit
import Logging
import Testing

/// What the log tells operators about a connection that exceeds limits.
@Suite(.timeLimit(.minutes(1))) struct PeerReportTests {
    /// Hostile input: field-too-large.
    @Test("says in the log why it ends a connection")
    func ends() async throws {
        let log = LogRecorder()
        try await TestServer.run(ProxyService(rpc: Commands()), configuration: .test(), log: log) { server in
            let connection = try await server.connect()
            let id = connection.newStreamID()
            let field = HeaderRepresentation.literal(Field("x-large", String(repeating: "x", count: 65_537)))
            let head = RawConnection.head(ProxyEvent.rpc.path) + [field]
            connection.send(Frame.headers(id, head, pieceLength: 16_384))
            guard case .goAway(_, let code) = try await connection.goAway() else { return }
            #expect(code == .compressionError)
            _ = try await connection.rest()
            try await server.servesAnother()
        }
        let lines = log.lines().map(\.message)
        #expect(lines.count == 1 && lines[0].contains("COMPRESSION_ERROR: a header block"))
    }

    @Test("warns once when a connection has nine tenths of its allowed streams")
    func nearLimit() async throws {
        let log = LogRecorder()
        var configuration = ProxyServer.Configuration.test()
        configuration.limits.maxConcurrentStreams = 20
        let steps = Events<Step>()
        let endless = Subscriptions(unidirectional: { _ in
            UnidirectionalSubscription { _ in await steps.untilCancelled() }
        })
        let service = ProxyService(subscribeUnidirectional: endless)
        try await TestServer.run(service, configuration: configuration, log: log) { server in
            let connection = try await server.connect()
            for count in 1...20 {
                _ = try await connection.subscribe().reply()
                #expect(log.lines().count { $0.message.contains("nine tenths") } == (count < 18 ? 0 : 1))
            }
        }
    }

    @Test("names once the field for which calls are reset, and the option that forwards it")
    func forbiddenField() async throws {
        let log = LogRecorder()
        try await TestServer.run(ProxyService(rpc: Commands()), log: log) { server in
            let connection = try await server.connect()
            for _ in 0..<3 {
                let id = connection.newStreamID()
                let field = HeaderRepresentation.literal(Field("connection", "Upgrade"))
                connection.send(
                    Frame.headers(id, RawConnection.head(ProxyEvent.rpc.path) + [field], pieceLength: 16_384)
                )
            }
            try await server.servesAnother()
        }
        let lines = log.lines()
        #expect(lines.count == 1)
        #expect(lines.first?.message.contains("take it out of the proxy's http_headers") == true)
        #expect(lines.first?.metadata["field"] == "connection" && lines.first?.metadata["peer"] != nil)
    }

    @Test("refuses a limit out of its range, in one sentence")
    func headerList() async throws {
        var configuration = ProxyServer.Configuration.test()
        configuration.limits.maxHeaderListSize = 65_537
        let error = await #expect(throws: ProxyServerError.self) {
            try await TestServer.run(ProxyService(rpc: Commands()), configuration: configuration) { _ in }
        }
        #expect(error?.code == .invalidConfiguration)
        #expect(error?.message.contains("limits.maxHeaderListSize is 65537; set it from 1 to 65536") == true)
    }
}
