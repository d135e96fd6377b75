import Foundation
import Logging

@testable import HTTP2Transport

/// A self-signed certificate and its key, made by openssl.
final class TestCertificate: Sendable {
    /// openssl could not make it.
    struct OpenSSLFailed: Error {}

    /// Made once for all tests.
    static let shared = Result { try TestCertificate() }

    private let folder: String

    private init() throws {
        folder = NSTemporaryDirectory() + "certificate-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let words =
            ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
            + ["-days", "2", "-subj", "/CN=test", "-keyout", "\(folder)/key.pem", "-out", "\(folder)/chain.pem"]
        // Not Foundation's Process, which reads beyond a buffer when thousands of descriptors are open.
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        for descriptor in [STDOUT_FILENO, STDERR_FILENO] {
            posix_spawn_file_actions_addopen(&actions, descriptor, "/dev/null", O_WRONLY, 0)
        }
        let arguments = words.map { strdup($0) }
        defer { for argument in arguments { free(argument) } }
        var process = pid_t()
        guard posix_spawnp(&process, "openssl", &actions, nil, arguments + [nil], nil) == 0 else {
            throw OpenSSLFailed()
        }
        var status: Int32 = 0
        while waitpid(process, &status, 0) < 0, errno == EINTR {}
        guard status == 0 else { throw OpenSSLFailed() }
    }

    /// The certificate as a listener uses it.
    func context() throws -> TLSContext {
        let files = TLSFiles(certificateChain: "\(folder)/chain.pem", privateKey: "\(folder)/key.pem")
        return try TLSContext(files, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
    }
}
