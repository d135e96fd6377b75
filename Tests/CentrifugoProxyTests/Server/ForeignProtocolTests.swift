import CentrifugoProxy
import HTTP2FrameKit
import Logging
import Testing

/// Peers that do not speak HTTP/2: they are disconnected, and one log line names their protocol.
@Suite(.timeLimit(.minutes(1))) struct ForeignProtocolTests {
    // The beginning of a TLS record with a ClientHello (RFC 8446 §5.1), and what follows.
    private static let clientHello: [UInt8] =
        [0x16, 0x03, 0x01, 0x02, 0x00, 0x01, 0x00, 0x01, 0xFC, 0x03, 0x03]
        + [UInt8](repeating: 0xA5, count: 506)

    private static let http = "GET / HTTP/1.1\r\nhost: localhost\r\ncookie: "

    struct Row: CustomTestStringConvertible, Sendable {
        let testDescription: String
        let bytes: [UInt8]
        let hint: String

        init(_ what: String, _ text: String, says hint: String) {
            self.init(what, Array(text.utf8), says: hint)
        }

        init(_ what: String, _ bytes: [UInt8], says hint: String) {
            testDescription = what
            self.bytes = bytes
            self.hint = hint
        }
    }

    static let foreign = [
        Row("TLS", clientHello, says: "a peer speaks TLS"),
        Row("HTTP/1", "\(http)\r\n\r\n", says: "a peer speaks HTTP/1"),
        Row("large HTTP/1", http + String(repeating: "c", count: 100_000) + "\r\n\r\n", says: "a peer speaks HTTP/1"),
        Row("HTTP/1's POST", "POST / HTTP/1.1\r\n\r\n", says: "a peer speaks HTTP/1"),
        Row("nothing known", [UInt8](repeating: 0, count: 100), says: "neither HTTP/2"),
        Row("a preface with one wrong byte", "PRI * HTTP/2.0\r\n\r\nSM\r\n\rX", says: "neither HTTP/2"),
    ]

    /// Hostile input: http1-on-port, tls-on-plaintext.
    @Test("closes the connection and logs one line that names the protocol", arguments: foreign)
    func closes(row: Row) async throws {
        try await TestServer.run(ProxyService(rpc: Commands()), configuration: .test()) { server in
            let connection = try await server.connectSilently()
            connection.send(bytes: row.bytes)
            _ = try await connection.rest()
            try await (try await server.connect()).stillServes()
            let lines = server.log.lines()
            #expect(lines.count == 1)
            #expect(lines.first?.message.contains(row.hint) == true)
            let peer = try #require(lines.first?.metadata["peer"])
            #expect("\(peer)".hasPrefix("127.0.0.1:"))
        }
    }

    @Test("logs foreign peers only once in a while")
    func throttled() async throws {
        try await TestServer.run(ProxyService(rpc: Commands()), configuration: .test()) { server in
            let begin = ContinuousClock.now
            for _ in 0..<20 {
                let connection = try await server.connectSilently()
                connection.send(bytes: Self.clientHello)
                _ = try await connection.rest()
            }
            // One in ten seconds, however slow the machine is.
            let allowed = 1 + Int((ContinuousClock.now - begin) / .seconds(10))
            #expect((1...allowed).contains(server.log.lines().count))
        }
    }

    @Test("waits for the rest of a preface that comes byte by byte")
    func slowPreface() async throws {
        try await TestServer.run(ProxyService(rpc: Commands()), configuration: .test()) { server in
            let connection = try await server.connectSilently()
            for byte in Frame.preface + Frame.settings().bytes { connection.send(bytes: [byte]) }
            try await connection.stillServes()
            #expect(server.log.lines().isEmpty)
        }
    }

    @Test("tolerates connections that close without sending, or inside the preface")
    func closed() async throws {
        try await TestServer.run(ProxyService(rpc: Commands()), configuration: .test()) { server in
            for length in [0, 1, 10, 24] {
                let connection = try await server.connectSilently()
                connection.send(bytes: Array(Frame.preface.prefix(length)))
                await connection.close()
            }
            let half = try await server.connect()
            half.send(bytes: Array(Frame.headers(1, RawConnection.head(ProxyEvent.rpc.path)).bytes.prefix(20)))
            await half.close()
            try await (try await server.connect()).stillServes()
            #expect(server.log.lines().isEmpty)
        }
    }
}
