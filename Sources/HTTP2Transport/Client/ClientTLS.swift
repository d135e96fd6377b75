#if TLS
import NIOSSL
#endif

/// The PEM files of a client's TLS.
package struct ClientTLS: Sendable {
    /// The CAs that may have signed the server's certificate; nil takes the system's.
    package var serverCA: String?
    /// The client's certificate chain and its private key; nil presents none.
    package var certificateChain: String?
    package var privateKey: String?

    package init(serverCA: String? = nil, certificateChain: String? = nil, privateKey: String? = nil) {
        self.serverCA = serverCA
        self.certificateChain = certificateChain
        self.privateKey = privateKey
    }

    /// Reads the files.
    ///
    /// - Throws: ``ConnectError`` and ``TLSFileError``.
    func makeContext() throws -> TLSLibraryContext {
        #if TLS
        var configuration = TLSConfiguration.makeClientConfiguration()
        configuration.minimumTLSVersion = .tlsv12
        configuration.applicationProtocols = ["h2"]
        configuration.closesAtOnce()
        if let serverCA { configuration.trustRoots = .certificates(try TLSFiles.certificates(in: serverCA)) }
        if let certificateChain, let privateKey {
            configuration.certificateChain = try TLSFiles.certificates(in: certificateChain).map { .certificate($0) }
            configuration.privateKey = .privateKey(try TLSFiles.privateKey(in: privateKey))
        }
        do {
            return try NIOSSLContext(configuration: configuration)
        } catch {
            throw ConnectError("the private key does not belong to the certificate; give both of one pair")
        }
        #else
        throw TLSFileError.noTLS
        #endif
    }
}
