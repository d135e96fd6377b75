#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// The file of a Unix domain socket that this process made.
struct UnixSocketFile: Sendable {
    let path: String
    private let device: UInt64
    private let inode: UInt64

    /// Binds a socket to `path`, which nobody can connect to before it listens, and gives its file `mode`.
    ///
    /// A socket file that nobody listens on any more is replaced; anything else in its place is left alone.
    /// - Returns: The file and the socket's descriptor, which is the caller's.
    static func bind(_ path: String, mode: UInt16) throws(ListenError) -> (file: UnixSocketFile, descriptor: Int32) {
        guard var address = sockaddr_un(path: path) else {
            throw ListenError("its path is longer than a socket's may be; choose one of at most 100 bytes")
        }
        try removeStale(path, &address)
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
            guard bound == 0, chmod(path, mode_t(mode)) == 0 else { throw ListenError(number: errno) }
            var status = stat()
            guard stat(path, &status) == 0 else { throw ListenError(number: errno) }
            return (UnixSocketFile(path: path, status), descriptor)
        } catch {
            close(descriptor)
            throw error
        }
    }

    private init(path: String, _ status: stat) {
        self.path = path
        device = UInt64(status.st_dev)
        inode = UInt64(status.st_ino)
    }

    /// Removes the file, unless another process has put its own there meanwhile.
    func remove() {
        var status = stat()
        guard stat(path, &status) == 0, UInt64(status.st_dev) == device, UInt64(status.st_ino) == inode else { return }
        unlink(path)
    }

    private static func removeStale(_ path: String, _ address: inout sockaddr_un) throws(ListenError) {
        var status = stat()
        guard stat(path, &status) == 0 else { return }
        guard status.st_mode & S_IFMT == S_IFSOCK else {
            throw ListenError("a file that is no socket has that name; choose another path, or remove it")
        }
        let probe = try makeSocket()
        defer { close(probe) }
        guard withSocketAddress(&address, { connect(probe, $0, $1) }) != 0, errno == ECONNREFUSED else {
            throw ListenError(number: EADDRINUSE)
        }
        unlink(path)
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
            // One byte less: the kernel wants the path to end with a zero.
            guard bytes.count < place.count else { return false }
            place.copyBytes(from: bytes)
            return true
        }
        guard fits else { return nil }
    }
}
