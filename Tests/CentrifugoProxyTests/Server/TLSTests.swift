import CentrifugoProxy
import HTTP2FrameKit
import NIOCore
import NIOSSL
import Testing

@Suite(.timeLimit(.minutes(1))) struct TLSTests {
    private static func tls(_ certificates: TestCertificates, mutual: Bool = false) -> ProxyServer.TLS {
        ProxyServer.TLS(
            certificateChain: certificates.path("server.pem"),
            privateKey: certificates.path("server.key"),
            clientCA: mutual ? certificates.path("ca.pem") : nil
        )
    }

    private static func run(
        mutual: Bool = false,
        log: LogRecorder = LogRecorder(),
        _ body: (TestServer, TestCertificates) async throws -> Void
    ) async throws {
        let certificates = try TestCertificates()
        try certificates.make("server")
        let listener = ProxyServer.Listener.tcp(port: 0, tls: tls(certificates, mutual: mutual))
        let configuration = ProxyServer.Configuration(listeners: [listener], eventLoops: 1)
        try await TestServer.run(ProxyService(rpc: Commands()), configuration: configuration, log: log) { server in
            try await body(server, certificates)
        }
    }

    /// A peer's TLS, the same as Centrifugo's unless `change` alters it.
    static func client(
        _ certificates: TestCertificates,
        identity: String? = nil,
        _ change: (inout TLSConfiguration) -> Void = { _ in }
    ) throws -> NIOSSLContext {
        var configuration = TLSConfiguration.makeClientConfiguration()
        configuration.trustRoots = .file(certificates.path("ca.pem"))
        configuration.applicationProtocols = ["h2"]
        if let identity {
            configuration.certificateChain = try NIOSSLCertificate.fromPEMFile(certificates.path("\(identity).pem"))
                .map { .certificate($0) }
            configuration.privateKey = .privateKey(
                try NIOSSLPrivateKey(file: certificates.path("\(identity).key"), format: .pem)
            )
        }
        change(&configuration)
        return try NIOSSLContext(configuration: configuration)
    }

    @Test("serves TLS 1.2 and 1.3", arguments: [TLSVersion.tlsv12, .tlsv13])
    func versions(version: TLSVersion) async throws {
        try await Self.run { server, certificates in
            let context = try Self.client(certificates) {
                $0.minimumTLSVersion = version
                $0.maximumTLSVersion = version
            }
            let connection = try await server.connect(tls: context)
            try await connection.stillServes()
            let large = connection.start(.rpc, RPCRequest(method: "large", data: [UInt8]("3000000".utf8)))
            let response: RPCResponse = try await connection.answer(to: large).message()
            #expect(response.result?.data.bytes.count == 3_000_002)
            #expect(server.log.lines().isEmpty)
        }
    }

    struct BadPeer: CustomTestStringConvertible, Sendable {
        let testDescription: String
        let hint: String
        let change: @Sendable (inout TLSConfiguration) -> Void
    }

    static let badPeers = [
        BadPeer(testDescription: "TLS 1.1", hint: "neither TLS 1.2") {
            $0.minimumTLSVersion = .tlsv1
            $0.maximumTLSVersion = .tlsv11
        },
        BadPeer(testDescription: "no ALPN", hint: "ALPN") { $0.applicationProtocols = [] },
        BadPeer(testDescription: "HTTP/1 by ALPN", hint: "ALPN") { $0.applicationProtocols = ["http/1.1"] },
        BadPeer(testDescription: "a cipher suite without forward secrecy", hint: "no cipher suite") {
            $0.maximumTLSVersion = .tlsv12
            $0.cipherSuites = "AES128-SHA"
        },
        BadPeer(testDescription: "trust in another CA", hint: "does not trust") { $0.trustRoots = .certificates([]) },
    ]

    /// Hostile input: bad-tls-handshake.
    @Test("disconnects peers whose TLS does not meet HTTP/2's rules, and says why", arguments: badPeers)
    func refused(peer: BadPeer) async throws {
        try await Self.run { server, certificates in
            let context = try Self.client(certificates, peer.change)
            await #expect(throws: (any Error).self) { try await server.connect(tls: context).stillServes() }
            let line = await server.log.next()
            #expect(line?.message.contains(peer.hint) == true, "\(line?.message ?? "")")
            try await server.connect(tls: Self.client(certificates)).stillServes()
        }
    }

    static let foreign: [(String, String)] = [
        ("GET / HTTP/1.1\r\n\r\n", "a peer speaks HTTP/1"),
        ("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "a peer speaks HTTP/2 without TLS"),
        ("PRI", "a peer speaks HTTP/2 without TLS"), ("hello", "neither HTTP/2 nor anything known"),
    ]

    /// Hostile input: plaintext-on-tls.
    @Test("disconnects peers that do not speak TLS, and names their protocol", arguments: foreign)
    func plaintext(text: String, hint: String) async throws {
        try await Self.run { server, certificates in
            let connection = try await server.connectSilently()
            connection.send(bytes: Array(text.utf8))
            _ = try? await connection.rest()
            #expect(server.log.lines().map { $0.message.contains(hint) } == [true])
            try await server.connect(tls: Self.client(certificates)).stillServes()
        }
    }

    @Test("accepts peers with a certificate of the client CA, and passes its names to handlers")
    func mutual() async throws {
        try await Self.run(mutual: true) { server, certificates in
            try certificates.make("node-1", alternatives: "DNS:node-1.test,URI:spiffe://test/node,email:ops@test")
            let connection = try await server.connect(tls: Self.client(certificates, identity: "node-1"))
            let reply = try await connection.rpc("certificate")
            #expect(reply.result?.data.text == #""node-1 node-1.test spiffe://test/node ops@test""#)
        }
    }

    /// Hostile input: bad-client-certificate.
    @Test("disconnects peers without a certificate of the client CA, and says why", arguments: [nil, "stranger"])
    func strangers(identity: String?) async throws {
        try await Self.run(mutual: true) { server, certificates in
            try certificates.make("node-1")
            try certificates.makeCA("other-ca")
            try certificates.make("stranger", by: "other-ca")
            await #expect(throws: (any Error).self) {
                try await server.connect(tls: Self.client(certificates, identity: identity)).stillServes()
            }
            let hint = identity == nil ? "showed no client certificate" : "not signed by the client CA"
            let line = await server.log.next()
            #expect(line?.message.contains(hint) == true, "\(line?.message ?? "")")
            try await server.connect(tls: Self.client(certificates, identity: "node-1")).stillServes()
        }
    }

    @Test("passes no certificate to handlers if none was required")
    func noCertificate() async throws {
        try await Self.run { server, certificates in
            let reply = try await server.connect(tls: Self.client(certificates)).rpc("certificate")
            #expect(reply.result?.data.text == #""none""#)
        }
    }

    @Test("closes handshakes that do not end", arguments: [0, 1, 5, 60])
    func handshake(length: Int) async throws {
        let certificates = try TestCertificates()
        try certificates.make("server")
        var configuration = ProxyServer.Configuration(listeners: [.tcp(port: 0, tls: Self.tls(certificates))])
        configuration.limits.handshakeTimeout = .milliseconds(100)
        try await TestServer.run(ProxyService(), configuration: configuration) { server in
            let connection = try await server.connectSilently()
            connection.send(bytes: [0x16, 0x03, 0x01, 0x02, 0x00].prefix(length) + [UInt8](repeating: 1, count: 60))
            _ = try? await connection.rest()
        }
    }

    @Test("ends connections in the middle of their handshake when it shuts down")
    func shutdown() async throws {
        try await Self.run { server, certificates in
            let open = try await server.connect(tls: Self.client(certificates))
            let half = try await server.connectSilently()
            half.send(bytes: [0x16])
            try await open.stillServes()
            await server.shutDown()
            #expect(try await open.goAway() == .goAway(last: 0x7FFF_FFFF, .noError))
            _ = try? await half.rest()
            try await open.answerPing()
            _ = try await open.rest()
            await server.hasReturned()
        }
    }
}

extension TestServer {
    /// A connection over TLS whose first SETTINGS are exchanged.
    func connect(tls: NIOSSLContext) async throws -> RawConnection {
        adopt(try await RawConnection(to: SocketAddress(ipAddress: "127.0.0.1", port: port), tls: tls))
    }
}
