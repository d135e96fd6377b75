import Synchronization

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// The exclusive right to make, replace and remove the file of a Unix socket: a locked file beside it.
///
/// Checking the socket is not enough: another server may bind between the check and the binding, and a socket that is
/// bound but does not listen yet looks like that of a dead process. The lock ends with the process, however that ends;
/// the file that then remains does no harm.
final class UnixSocketLock: Sendable {
    private let path: String
    /// nil when the lock is released.
    private let descriptor: Mutex<Int32?>

    /// Takes the lock for a socket's path; only ``release()`` and the end of the process release it.
    ///
    /// - Throws: ``ListenError``, saying that the address is in use, when another listener holds the lock.
    init(beside socket: String) throws(ListenError) {
        path = socket + ".lock"
        while true {
            // The mode keeps other users from holding the lock for ever.
            let opened = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
            guard opened >= 0 else { throw Self.refusal(path, errno) }
            do throws(ListenError) {
                guard try Self.lock(opened, path) else {
                    close(opened)
                    continue
                }
            } catch {
                close(opened)
                throw error
            }
            descriptor = Mutex(opened)
            return
        }
    }

    /// Removes the lock's file and releases the lock.
    func release() {
        let held = descriptor.withLock { descriptor in
            defer { descriptor = nil }
            return descriptor
        }
        guard let held else { return }
        // Removed while it is locked: others that opened it before see another file in its place, or no file, and start
        // over.
        if UnixFileIdentity(of: path) == UnixFileIdentity(of: held) { unlink(path) }
        close(held)
    }

    /// Locks an opened file; false when another file has taken its place.
    private static func lock(_ descriptor: Int32, _ path: String) throws(ListenError) -> Bool {
        // A file with content belongs to someone, and would be removed in the end.
        guard let file = UnixFileIdentity(of: descriptor), file.isEmptyFile else { throw foreign(path) }
        while flock(descriptor, LOCK_EX | LOCK_NB) != 0 {
            guard errno == EINTR else { throw ListenError(number: errno == EWOULDBLOCK ? EADDRINUSE : errno) }
        }
        return UnixFileIdentity(of: path) == file
    }

    private static func refusal(_ path: String, _ number: Int32) -> ListenError {
        switch number {
        case EISDIR, ELOOP: foreign(path)
        case EACCES where UnixFileIdentity(of: path) != nil:
            ListenError("\(path) is the lock of another user's server; remove that, or choose another path")
        default: ListenError(number: number)
        }
    }

    private static func foreign(_ path: String) -> ListenError {
        ListenError("\(path) is not the socket's lock, which needs that name; choose another path, or remove it")
    }
}

/// The identity of a file: the same for all of its names.
struct UnixFileIdentity: Equatable, Sendable {
    private let device: UInt64
    private let inode: UInt64
    private let mode: UInt32
    private let size: Int64

    /// The file at a path, following links; nil without one.
    init?(of path: String) {
        var status = stat()
        guard lstat(path, &status) == 0 else { return nil }
        self.init(status)
    }

    /// The file that a descriptor refers to.
    init?(of descriptor: Int32) {
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { return nil }
        self.init(status)
    }

    private init(_ status: stat) {
        device = UInt64(status.st_dev)
        inode = UInt64(status.st_ino)
        mode = UInt32(status.st_mode)
        size = Int64(status.st_size)
    }

    var isSocket: Bool { mode & UInt32(S_IFMT) == UInt32(S_IFSOCK) }
    var isEmptyFile: Bool { mode & UInt32(S_IFMT) == UInt32(S_IFREG) && size == 0 }

    static func == (left: UnixFileIdentity, right: UnixFileIdentity) -> Bool {
        left.device == right.device && left.inode == right.inode
    }
}
