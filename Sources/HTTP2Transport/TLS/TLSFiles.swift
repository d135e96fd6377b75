import Logging
import NIOCore
import NIOSSL

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// The PEM files of a TLS listener.
package struct TLSFiles: Hashable, Sendable {
    /// The server's certificate, then the intermediate certificates up to its CA.
    package var certificateChain: String
    /// The certificate's private key, not encrypted.
    package var privateKey: String
    /// The CAs whose certificates peers must present; nil asks peers for none.
    package var clientCA: String?
    /// What is offered by ALPN (RFC 7301).
    package var applicationProtocols = ["h2"]

    package init(certificateChain: String, privateKey: String, clientCA: String? = nil) {
        self.certificateChain = certificateChain
        self.privateKey = privateKey
        self.clientCA = clientCA
    }

    /// Identifies one version of the files.
    struct Fingerprint: Equatable {
        private var parts: [Int] = []

        init(_ files: TLSFiles) {
            for path in [files.certificateChain, files.privateKey, files.clientCA].compactMap({ $0 }) {
                var status = stat()
                // A missing file is also a version.
                guard stat(path, &status) == 0 else {
                    parts.append(-1)
                    continue
                }
                let changed = status.modificationTime
                parts += [Int(status.st_ino), Int(status.st_size), changed.tv_sec, changed.tv_nsec]
            }
        }
    }

    /// Reads the files into a context for new connections.
    ///
    /// - Returns: The context, and when the server's certificate ends, in seconds since 1970.
    /// - Throws: ``TLSFileError``, which names the file and what to change.
    func makeContext(logger: Logger) throws(TLSFileError) -> (NIOSSLContext, notValidAfter: Int) {
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

    private static func read(_ path: String) throws(TLSFileError) -> [UInt8] {
        guard let file = fopen(path, "rb") else {
            throw TLSFileError("cannot read \(path): \(String(cString: strerror(errno)))")
        }
        defer { fclose(file) }
        var bytes: [UInt8] = []
        var portion = [UInt8](repeating: 0, count: 16_384)
        while true {
            let count = fread(&portion, 1, portion.count, file)
            guard count > 0 else { break }
            bytes += portion[..<count]
        }
        guard ferror(file) == 0 else { throw TLSFileError("cannot read \(path): it is not a file") }
        return bytes
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

/// Why TLS files cannot be used: the end of a sentence that names the file and what to change.
package struct TLSFileError: Error, CustomStringConvertible {
    package let description: String

    init(_ description: String) {
        self.description = description
    }
}

extension stat {
    fileprivate var modificationTime: timespec {
        #if canImport(Darwin)
        st_mtimespec
        #else
        st_mtim
        #endif
    }
}
