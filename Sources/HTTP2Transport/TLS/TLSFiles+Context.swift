import Logging

#if TLS
import NIOCore
import NIOSSL

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

extension TLSFiles {
    /// Reads the files into a context for new connections.
    ///
    /// - Returns: The context, and when the server's certificate ends, in seconds since 1970.
    /// - Throws: ``TLSFileError``, which names the file and what to change.
    func makeContext(logger: Logger) throws(TLSFileError) -> (TLSLibraryContext, notValidAfter: Int) {
        let chain = try Self.certificates(in: certificateChain)
        // Served all the same: peers that do not check dates continue to work.
        if let first = chain.first, first.notValidAfter < time(nil) {
            logger.warning("the certificate has expired; renew it", metadata: ["certificate": "\(certificateChain)"])
        }
        let key = try Self.privateKey(in: privateKey)
        var configuration: TLSConfiguration
        if let clientCA {
            configuration = .makeServerConfigurationWithMTLS(
                certificateChain: chain.map { .certificate($0) },
                privateKey: .privateKey(key),
                trustRoots: .certificates(try Self.certificates(in: clientCA))
            )
        } else {
            configuration = .makeServerConfiguration(
                certificateChain: chain.map { .certificate($0) },
                privateKey: .privateKey(key)
            )
        }
        // RFC 9113 §9.2: TLS 1.2 at least, and of its cipher suites those with forward secrecy and AEAD.
        configuration.minimumTLSVersion = .tlsv12
        configuration.cipherSuites = "ECDH+AESGCM:ECDH+CHACHA20"
        configuration.applicationProtocols = applicationProtocols
        configuration.closesAtOnce()
        do {
            return (try NIOSSLContext(configuration: configuration), Int(chain.first?.notValidAfter ?? 0))
        } catch {
            throw TLSFileError("the private key \(privateKey) does not belong to the certificate \(certificateChain)")
        }
    }

    static func certificates(in path: String) throws(TLSFileError) -> [NIOSSLCertificate] {
        let bytes = try read(path)
        guard let certificates = try? NIOSSLCertificate.fromPEMBytes(bytes), !certificates.isEmpty else {
            throw TLSFileError("\(path) holds no certificate; it should begin with -----BEGIN CERTIFICATE-----")
        }
        return certificates
    }

    static func privateKey(in path: String) throws(TLSFileError) -> NIOSSLPrivateKey {
        let bytes = try read(path)
        guard let key = try? NIOSSLPrivateKey(bytes: bytes, format: .pem) else {
            throw TLSFileError("\(path) holds no private key in PEM without a passphrase; convert it by openssl pkey")
        }
        return key
    }
}

extension TLSConfiguration {
    /// Makes closing a channel send close_notify and not wait for the peer's.
    ///
    /// NIOSSL would wait five seconds for the peer's close_notify, which HTTP/2 has no use for; the peer may be gone,
    /// or not read. RFC 8446 §6.1 does not require an answer. Where a peer is given time to close its side, the
    /// connection handles that itself, with TLS and without.
    mutating func closesAtOnce() {
        shutdownTimeout = .zero
    }
}
#else
extension TLSFiles {
    /// Throws always: this build has no TLS.
    func makeContext(logger: Logger) throws(TLSFileError) -> (TLSLibraryContext, notValidAfter: Int) {
        throw .noTLS
    }
}
#endif
