import CentrifugoProxy
import Logging
import NIOSSL
import Testing

@Suite(.timeLimit(.minutes(1))) struct CertificateReloadTests {
    /// Serves with the certificate `server`, which is a copy of `first`; there is also `second`, of another CA.
    private static func run(
        checkInterval: Duration = .seconds(3_600),
        _ body: (TestServer, TestCertificates) async throws -> Void
    ) async throws {
        let certificates = try TestCertificates()
        try certificates.make("first")
        try certificates.makeCA("second-ca")
        try certificates.make("second", by: "second-ca")
        try use("first", certificates)
        let tls = ProxyServer.TLS(
            certificateChain: certificates.path("server.pem"),
            privateKey: certificates.path("server.key")
        )
        var configuration = ProxyServer.Configuration(listeners: [.tcp(port: 0, tls: tls)], eventLoops: 1)
        configuration.certificateCheckInterval = checkInterval
        try await TestServer.run(ProxyService(rpc: Commands()), configuration: configuration) { server in
            try await body(server, certificates)
        }
    }

    private static func use(_ name: String, _ certificates: TestCertificates) throws {
        try certificates.replace("server.pem", by: "\(name).pem")
        try certificates.replace("server.key", by: "\(name).key")
    }

    private static func serves(_ server: TestServer, _ certificates: TestCertificates, ca: String) async throws {
        let context = try TLSTests.client(certificates) { $0.trustRoots = .file(certificates.path("\(ca).pem")) }
        try await server.connect(tls: context).stillServes()
    }

    @Test("serves new connections with the new certificate when asked, and does not affect old ones")
    func asked() async throws {
        try await Self.run { server, certificates in
            let old = try await server.connect(tls: TLSTests.client(certificates))
            try Self.use("second", certificates)
            try await Self.serves(server, certificates, ca: "ca")
            server.proxy.reloadCertificates()
            try await Self.serves(server, certificates, ca: "second-ca")
            try await old.stillServes()
        }
    }

    @Test("does so by itself when the files change")
    func changed() async throws {
        try await Self.run(checkInterval: .milliseconds(10)) { server, certificates in
            try Self.use("second", certificates)
            while let line = await server.log.next(from: .notice), !line.message.contains("reloaded") {}
            try await Self.serves(server, certificates, ca: "second-ca")
        }
    }

    @Test("warns about an expired certificate, and serves it")
    func expired() async throws {
        try await Self.run { server, certificates in
            try certificates.make("expired", days: -1)
            try Self.use("expired", certificates)
            server.proxy.reloadCertificates()
            #expect(await server.log.next()?.message == "the certificate has expired; renew it")
            #expect(await server.log.next(from: .notice)?.message == "reloaded the certificate")
        }
    }

    static let bad: [(String, String, hint: String)] = [
        ("server.pem", "not PEM", "holds no certificate"), ("server.key", "not PEM", "holds no private key"),
    ]

    /// Hostile input: bad-certificate.
    @Test("keeps the old certificate when the new one cannot be used, says so once, and takes the next", arguments: bad)
    func unusable(file: String, text: String, hint: String) async throws {
        try await Self.run(checkInterval: .milliseconds(10)) { server, certificates in
            try certificates.write(text, to: file)
            let line = await server.log.next(from: .error)
            #expect(line?.message.contains(hint) == true)
            #expect(line?.message.contains(certificates.path(file)) == true)
            try await Self.serves(server, certificates, ca: "ca")
            try Self.use("second", certificates)
            while let line = await server.log.next(from: .notice), !line.message.contains("reloaded") {}
            try await Self.serves(server, certificates, ca: "second-ca")
            // The key that came after its certificate may have been seen as a mismatch once.
            #expect(server.log.lines(from: .error).count { $0.message.contains(hint) } == 1)
        }
    }

    struct BadFiles: CustomTestStringConvertible, Sendable {
        let testDescription: String
        let certificate: String
        let key: String
        let clientCA: String?
        let sentence: String
    }

    static let badFiles = [
        BadFiles(
            "a missing certificate",
            "no.pem",
            "first.key",
            "cannot read FOLDER/no.pem: No such file or directory"
        ),
        BadFiles("a missing key", "first.pem", "no.key", "cannot read FOLDER/no.key: No such file or directory"),
        BadFiles("a folder", "", "first.key", "cannot read FOLDER/: it is not a file"),
        BadFiles("no PEM", "bad.pem", "first.key", "FOLDER/bad.pem holds no certificate"),
        BadFiles("a key for a certificate", "first.key", "first.key", "FOLDER/first.key holds no certificate"),
        BadFiles("a certificate for a key", "first.pem", "first.pem", "FOLDER/first.pem holds no private key"),
        BadFiles(
            "a key of another certificate",
            "first.pem",
            "second.key",
            "the private key FOLDER/second.key does not belong to the certificate FOLDER/first.pem"
        ),
        BadFiles("no client CA", "first.pem", "first.key", ca: "bad.pem", "FOLDER/bad.pem holds no certificate"),
    ]

    /// Hostile input: bad-certificate, unreadable-key.
    @Test("does not start with files that cannot be used, and names them", arguments: badFiles)
    func start(files: BadFiles) async throws {
        let certificates = try TestCertificates()
        try certificates.make("first")
        try certificates.make("second")
        try certificates.write("no PEM", to: "bad.pem")
        let tls = ProxyServer.TLS(
            certificateChain: certificates.path(files.certificate),
            privateKey: certificates.path(files.key),
            clientCA: files.clientCA.map(certificates.path)
        )
        let server = ProxyServer(
            ProxyService(),
            configuration: .init(listeners: [.tcp(port: 0, tls: tls)]),
            logger: LogRecorder().logger
        )
        let error = await #expect(throws: ProxyServerError.self) { try await server.run() }
        #expect(error?.code == .badCertificate)
        let sentence = files.sentence.replacing("FOLDER", with: certificates.folder)
        #expect(
            error?.message.hasPrefix("Cannot serve TLS on 127.0.0.1 port 0: \(sentence)") == true,
            "\(error?.message ?? "")"
        )
    }
}

extension CertificateReloadTests.BadFiles {
    fileprivate init(_ what: String, _ certificate: String, _ key: String, ca: String? = nil, _ sentence: String) {
        self.init(testDescription: what, certificate: certificate, key: key, clientCA: ca, sentence: sentence)
    }
}
