import CentrifugoProxy
import Foundation

/// A folder with a CA of its own and certificates that it signed, made by openssl.
final class TestCertificates: Sendable {
    /// An openssl command that failed.
    struct OpenSSLFailed: Error {
        let output: String
    }

    let folder: String

    init() throws {
        folder = NSTemporaryDirectory() + "certificates-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        try makeCA("ca")
    }

    deinit {
        try? FileManager.default.removeItem(atPath: folder)
    }

    func path(_ name: String) -> String { "\(folder)/\(name)" }

    /// Makes `NAME.pem` and `NAME.key` of a CA.
    func makeCA(_ name: String) throws {
        try openssl(
            ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"]
                + ["-subj", "/CN=\(name)", "-keyout", path("\(name).key"), "-out", path("\(name).pem")]
        )
    }

    /// Makes `NAME.pem` and `NAME.key`, signed by a CA.
    ///
    /// - Parameters:
    ///   - name: The common name and the files' name.
    ///   - alternatives: The alternative names as openssl writes them, such as `DNS:localhost`.
    ///   - issuer: The CA's name.
    ///   - days: How long it is valid from now on; negative for one that has expired.
    /// - Throws: `OpenSSLFailed`.
    func make(
        _ name: String,
        alternatives: String = "IP:127.0.0.1,DNS:localhost",
        by issuer: String = "ca",
        days: Int = 2
    ) throws {
        try openssl(
            [
                "req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-subj",
                "/O=Test/CN=\(name)",
            ]
                + ["-keyout", path("\(name).key"), "-out", path("\(name).csr")]
        )
        try Data("subjectAltName=\(alternatives)\n".utf8).write(to: URL(fileURLWithPath: path("\(name).ext")))
        try openssl(
            ["x509", "-req", "-in", path("\(name).csr"), "-days", "\(days)", "-extfile", path("\(name).ext")]
                + ["-CA", path("\(issuer).pem"), "-CAkey", path("\(issuer).key"), "-CAcreateserial"]
                + ["-out", path("\(name).pem")]
        )
    }

    /// TLS of a server with the certificate `server`, which is made before.
    func serverTLS() throws -> ProxyServer.TLS {
        try make("server")
        return ProxyServer.TLS(certificateChain: path("server.pem"), privateKey: path("server.key"))
    }

    /// Replaces one file by another atomically, like certificate tools do.
    func replace(_ name: String, by other: String) throws {
        let copy = path("copy-\(UUID().uuidString)")
        try FileManager.default.copyItem(atPath: path(other), toPath: copy)
        guard rename(copy, path(name)) == 0 else { throw CocoaError(.fileWriteUnknown) }
    }

    func write(_ text: String, to name: String) throws {
        try Data(text.utf8).write(to: URL(fileURLWithPath: path(name)), options: .atomic)
    }

    private func openssl(_ arguments: [String]) throws {
        let log = path("openssl.log")
        // Not Foundation's Process, which reads beyond a buffer when thousands of descriptors are open.
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0)
        posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, log, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
        let words = (["openssl"] + arguments).map { strdup($0) }
        defer { for word in words { free(word) } }
        var process = pid_t()
        guard posix_spawnp(&process, "openssl", &actions, nil, words + [nil], nil) == 0 else {
            throw OpenSSLFailed(output: "openssl is not installed")
        }
        var status: Int32 = 0
        while waitpid(process, &status, 0) < 0, errno == EINTR {}
        guard status == 0 else {
            throw OpenSSLFailed(output: (try? String(contentsOfFile: log, encoding: .utf8)) ?? "")
        }
    }
}
