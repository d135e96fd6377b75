#if HTTPBridge && Tokens
package import NIOSSL
import TokenTestKit

/// A CA of a test's own, and a certificate of it for a server on this machine, made by openssl.
package final class TestCertificates: Sendable {
    private static let script = """
        set -e
        cd "$1"
        new="-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes"
        openssl req -x509 $new -days 2 -subj /CN=ca -keyout ca.key -out ca.pem 2>openssl.log
        openssl req $new -subj /CN=server -keyout server.key -out server.csr 2>>openssl.log
        echo subjectAltName=IP:127.0.0.1,DNS:localhost >server.ext
        openssl x509 -req -in server.csr -days 2 -extfile server.ext -CA ca.pem -CAkey ca.key -CAcreateserial \
            -out server.pem 2>>openssl.log
        echo made
        """

    private let folder = TemporaryFolder()

    /// Makes the certificates.
    package init() async throws {
        _ = try await ForeignProcess(["sh", "-c", Self.script, "sh", folder.path("")]).nextLine()
    }

    /// The PEM file of the CA.
    package var authority: String { folder.path("ca.pem") }

    /// What a server needs to prove that it is 127.0.0.1.
    package func server() throws -> NIOSSLContext {
        try NIOSSLContext(
            configuration: .makeServerConfiguration(
                certificateChain: NIOSSLCertificate.fromPEMFile(folder.path("server.pem")).map { .certificate($0) },
                privateKey: .privateKey(NIOSSLPrivateKey(file: folder.path("server.key"), format: .pem))
            )
        )
    }
}
#endif
