#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// Sockets that the process's parent has bound for it.
package enum SocketDescriptor {
    /// The first descriptor that systemd's protocol hands over (sd_listen_fds(3)).
    private static let first: Int32 = 3

    /// The sockets of `LISTEN_FDS`, when they are meant for this process; nil when there are none.
    package static func inherited() -> [Int32]? {
        guard let process = number("LISTEN_PID"), process == Int(getpid()) else { return nil }
        guard let count = number("LISTEN_FDS"), 1...1_024 ~= count else { return nil }
        return (0..<Int32(count)).map { first + $0 }
    }

    private static func number(_ variable: String) -> Int? {
        getenv(variable).flatMap { Int(String(cString: $0)) }
    }

    /// Checks that a descriptor is a stream socket, and keeps programs started by this one from inheriting it.
    static func check(_ descriptor: Int32) throws(ListenError) {
        var type: Int32 = 0
        var size = socklen_t(MemoryLayout<Int32>.size)
        guard getsockopt(descriptor, SOL_SOCKET, SO_TYPE, &type, &size) == 0 else {
            throw ListenError("it is not a socket; hand over a listening one, as a systemd socket unit does")
        }
        #if canImport(Glibc)
        let stream = Int32(SOCK_STREAM.rawValue)
        #else
        let stream = Int32(SOCK_STREAM)
        #endif
        guard type == stream else {
            throw ListenError("it is not a stream socket; use ListenStream= in the systemd socket unit")
        }
        _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
    }
}
