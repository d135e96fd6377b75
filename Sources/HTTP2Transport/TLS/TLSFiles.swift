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

    /// The bytes of a file.
    static func read(_ path: String) throws(TLSFileError) -> [UInt8] {
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

/// Why TLS files cannot be used: the end of a sentence that names the file and what to change.
package struct TLSFileError: Error, CustomStringConvertible {
    package let description: String

    init(_ description: String) {
        self.description = description
    }

    #if !TLS
    /// Every use of TLS in a build without it.
    static let noTLS = TLSFileError("this build has no TLS; build centrifugo-proxy with --traits TLS")
    #endif
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
