#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// The file of a Unix domain socket that this process made, and the lock that reserves its path.
struct UnixSocketFile: Sendable {
    let path: String
    private let identity: UnixFileIdentity
    private let lock: UnixSocketLock

    /// Binds a socket to `path` and sets the file's mode; nobody can connect before the socket listens.
    ///
    /// Replaces a socket file on which no process listens any more; leaves any other file alone. Until ``remove()`` or
    /// the end of the process, no other server can bind to the path.
    /// - Returns: The file and the socket's descriptor, which the caller owns.
    static func bind(_ path: String, mode: UInt16) throws(ListenError) -> (file: UnixSocketFile, descriptor: Int32) {
        guard var address = sockaddr_un(path: path) else {
            throw ListenError("its path is longer than a socket's may be; choose one of at most 100 bytes")
        }
        let lock = try UnixSocketLock(beside: path)
        do throws(ListenError) {
            try removeStale(path, &address)
            let (descriptor, identity) = try bind(path, &address, mode)
            return (UnixSocketFile(path: path, identity: identity, lock: lock), descriptor)
        } catch {
            lock.release()
            throw error
        }
    }

    /// Removes the file, unless another one has replaced it meanwhile, and releases the path.
    func remove() {
        if UnixFileIdentity(of: path) == identity { unlink(path) }
        lock.release()
    }

    private static func bind(
        _ path: String,
        _ address: inout sockaddr_un,
        _ mode: UInt16
    ) throws(ListenError) -> (descriptor: Int32, UnixFileIdentity) {
        let descriptor = try makeSocket()
        do throws(ListenError) {
            let bound = withSocketAddress(&address) {
                #if canImport(Glibc)
                Glibc.bind(descriptor, $0, $1)
                #elseif canImport(Musl)
                Musl.bind(descriptor, $0, $1)
                #else
                Darwin.bind(descriptor, $0, $1)
                #endif
            }
            guard bound == 0 else { throw ListenError(number: errno) }
            guard chmod(path, mode_t(mode)) == 0, let identity = UnixFileIdentity(of: path) else {
                let number = errno
                unlink(path)
                throw ListenError(number: number)
            }
            return (descriptor, identity)
        } catch {
            close(descriptor)
            throw error
        }
    }

    /// Removes a socket file on which no process listens.
    private static func removeStale(_ path: String, _ address: inout sockaddr_un) throws(ListenError) {
        guard let file = UnixFileIdentity(of: path) else { return }
        guard file.isSocket else {
            throw ListenError("a file that is not a socket has that name; choose another path, or remove it")
        }
        let probe = try makeSocket()
        defer { close(probe) }
        // If its owner does not accept, a blocking connect would wait for as long as the owner likes.
        _ = fcntl(probe, F_SETFL, O_NONBLOCK)
        guard withSocketAddress(&address, { connect(probe, $0, $1) }) != 0, [ECONNREFUSED, ENOENT].contains(errno)
        else {
            throw ListenError(number: EADDRINUSE)
        }
        guard unlink(path) == 0 || errno == ENOENT else {
            let reason = String(cString: strerror(errno))
            throw ListenError(
                "a socket that nobody listens on is in its place and cannot be removed (\(reason)); remove it"
            )
        }
    }

    private static func makeSocket() throws(ListenError) -> Int32 {
        #if canImport(Glibc)
        let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        #else
        let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM), 0)
        #endif
        guard descriptor >= 0 else { throw ListenError(number: errno) }
        return descriptor
    }

    private static func withSocketAddress<Result>(
        _ address: inout sockaddr_un,
        _ body: (UnsafePointer<sockaddr>, socklen_t) -> Result
    ) -> Result {
        withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                body($0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
    }
}

extension sockaddr_un {
    /// The address of a path; nil when the path does not fit.
    fileprivate init?(path: String) {
        self.init()
        sun_family = sa_family_t(AF_UNIX)
        let bytes = Array(path.utf8)
        let fits = withUnsafeMutableBytes(of: &sun_path) { place in
            // One byte less: the kernel expects the path to end with a zero.
            guard bytes.count < place.count else { return false }
            place.copyBytes(from: bytes)
            return true
        }
        guard fits else { return nil }
    }
}
