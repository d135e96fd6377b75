#if JWT
#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif
#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif
import Logging

/// A file with a set of keys, and a stamp that tells whether it has changed.
struct JWTKeyFile: Sendable {
    /// Differs whenever the file's content does.
    struct Stamp: Sendable, Equatable {
        fileprivate let inode: UInt64
        fileprivate let size: Int64
        fileprivate let seconds: Int
        fileprivate let nanoseconds: Int
    }

    let path: String

    /// The file's current stamp; nil without a file.
    var stamp: Stamp? {
        var status = stat()
        guard stat(path, &status) == 0 else { return nil }
        #if canImport(Darwin)
        let time = status.st_mtimespec
        #else
        let time = status.st_mtim
        #endif
        return Stamp(
            inode: UInt64(status.st_ino),
            size: Int64(status.st_size),
            seconds: time.tv_sec,
            nanoseconds: time.tv_nsec
        )
    }

    /// Reads the keys, and the file's stamp just before; keys that are ignored are named in the log.
    ///
    /// - Throws: ``JWTKeyError``, with a sentence that names the file.
    func read(logger: Logger) async throws -> (checks: [SignatureCheck], stamp: Stamp?) {
        let stamp = stamp
        do {
            guard let json = try? Data(contentsOf: URL(fileURLWithPath: path)) else {
                throw JWTKeyError("it cannot be read")
            }
            var checks: [SignatureCheck] = []
            let (keys, ignored) = try JWTKeySet.parse([UInt8](json))
            for key in keys { checks.append(try await SignatureCheck(key)) }
            for key in ignored { key.report(to: logger, ["file": "\(path)"]) }
            return (checks, stamp)
        } catch {
            throw JWTKeyError("The key file '\(path)' cannot be used: \(error).")
        }
    }
}
#endif
