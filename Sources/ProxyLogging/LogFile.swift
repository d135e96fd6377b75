#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// Why a log file cannot be opened, in one sentence.
public struct LogFileError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The file.
    public let path: String
    /// The system's own reason.
    public let reason: String

    /// The sentence.
    public var description: String {
        "The log file \(path) cannot be opened (\(reason)); choose a file that this user may write."
    }
}

/// The system's calls for the descriptor of a log.
enum LogFile {
    /// Opens a destination.
    static func open(_ destination: LogWriter.Destination) throws(LogFileError) -> Int32 {
        guard case .file(let path) = destination else { return STDERR_FILENO }
        // Others of the group may read it, as is usual for logs. A pipe without a reader would hold up the start.
        let descriptor = systemOpen(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NONBLOCK, 0o640)
        guard descriptor >= 0 else {
            let reason =
                errno == ENXIO ? "it is a pipe that nothing reads, or a socket" : String(cString: strerror(errno))
            throw LogFileError(path: path, reason: reason)
        }
        return descriptor
    }

    /// Writes some of the bytes; negative with `errno` when none can be written.
    static func write(_ descriptor: Int32, _ bytes: UnsafeRawBufferPointer) -> Int {
        systemWrite(descriptor, bytes.baseAddress, bytes.count)
    }

    static func close(_ descriptor: Int32) {
        _ = systemClose(descriptor)
    }
}

// The names of these would be those of the functions above.
private func systemOpen(_ path: String, _ flags: Int32, _ mode: mode_t) -> Int32 { open(path, flags, mode) }
private func systemWrite(_ descriptor: Int32, _ bytes: UnsafeRawPointer?, _ count: Int) -> Int {
    write(descriptor, bytes, count)
}
private func systemClose(_ descriptor: Int32) -> Int32 { close(descriptor) }
